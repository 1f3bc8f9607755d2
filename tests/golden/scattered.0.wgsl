struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<i32>;
@group(0) @binding(1)
var<storage, read_write> b1_out: array<u32>;
@group(0) @binding(2)
var<uniform> uniforms: Uniforms;
var<workgroup> scratch: array<u32, 128>;

@compute @workgroup_size(128, 1, 1)
fn row_less_add_where_less_minimum_etc(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var v27_running: u32;

    let row = group.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    let v2_load = b0_in[row];
    let v3_less = (v2_load < 0i);
    let v4_add = (v2_load + 2000i);
    let v5_where = select(v2_load, v4_add, v3_less);
    let v6_less = (v5_where < 0i);
    let v7_minimum = select(v5_where, 2000i, (2000i < v5_where));
    let v8_where = select(v7_minimum, 2000i, v6_less);
    let v9_uint32 = bitcast<u32>(v8_where);
    v27_running = 0u;
    let v12_index = bitcast<i32>(row);
    let v13_uint32 = bitcast<u32>(v12_index);
    for (var j = lane; j < 900u; j = j + 128u) {
        let v10_index = bitcast<i32>(j);
        let v11_uint32 = bitcast<u32>(v10_index);
        let v14_less = (v11_uint32 < v13_uint32);
        let v15_load = b0_in[j];
        let v16_less = (v15_load < 0i);
        let v17_add = (v15_load + 2000i);
        let v18_where = select(v15_load, v17_add, v16_less);
        let v19_less = (v18_where < 0i);
        let v20_minimum = select(v18_where, 2000i, (2000i < v18_where));
        let v21_where = select(v20_minimum, 2000i, v19_less);
        let v22_uint32 = bitcast<u32>(v21_where);
        let v23_lessEqual = !((v9_uint32 < v22_uint32));
        let v24_less = (v22_uint32 < v9_uint32);
        let v25_where = select(v24_less, v23_lessEqual, v14_less);
        let v26_uint32 = u32(v25_where);
        let _e48 = v27_running;
        v27_running = (_e48 + v26_uint32);
    }
    let _e55 = v27_running;
    scratch[lane] = _e55;
    workgroupBarrier();
    if (lane < 64u) {
        let _e60 = scratch[(lane + 64u)];
        let _e61 = scratch[lane];
        scratch[lane] = (_e61 + _e60);
    }
    workgroupBarrier();
    if (lane < 32u) {
        let _e67 = scratch[(lane + 32u)];
        let _e68 = scratch[lane];
        scratch[lane] = (_e68 + _e67);
    }
    workgroupBarrier();
    if (lane < 16u) {
        let _e74 = scratch[(lane + 16u)];
        let _e75 = scratch[lane];
        scratch[lane] = (_e75 + _e74);
    }
    workgroupBarrier();
    if (lane < 8u) {
        let _e81 = scratch[(lane + 8u)];
        let _e82 = scratch[lane];
        scratch[lane] = (_e82 + _e81);
    }
    workgroupBarrier();
    if (lane < 4u) {
        let _e88 = scratch[(lane + 4u)];
        let _e89 = scratch[lane];
        scratch[lane] = (_e89 + _e88);
    }
    workgroupBarrier();
    if (lane < 2u) {
        let _e95 = scratch[(lane + 2u)];
        let _e96 = scratch[lane];
        scratch[lane] = (_e96 + _e95);
    }
    workgroupBarrier();
    if (lane < 1u) {
        let _e101 = scratch[(lane + 1u)];
        let _e102 = scratch[lane];
        scratch[lane] = (_e102 + _e101);
    }
    workgroupBarrier();
    let v27_sum = scratch[0u];
    if (lane == 0u) {
        b1_out[row] = v27_sum;
    }
}
