struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<u32>;
@group(0) @binding(1)
var<storage> b1_in: array<i32>;
@group(0) @binding(2)
var<storage, read_write> b2_out: array<i32>;
@group(0) @binding(3)
var<storage, read_write> b3_out: array<u32>;
@group(0) @binding(4)
var<uniform> uniforms: Uniforms;
var<workgroup> scratch: array<u32, 128>;

@compute @workgroup_size(128, 1, 1)
fn row_less_add_where_less_minimum_etc(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var v10_running: u32;
    var constant: i32 = 899i;

    let row = group.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    v10_running = 0u;
    let v4_index = bitcast<i32>(row);
    let v5_uint32 = bitcast<u32>(v4_index);
    for (var j = lane; j < 900u; j = j + 128u) {
        let v3_load = b0_in[j];
        let v6_equal = (v3_load == v5_uint32);
        let v7_index = bitcast<i32>(j);
        let v8_uint32 = bitcast<u32>(v7_index);
        let v9_where = select(0u, v8_uint32, v6_equal);
        let _e26 = v10_running;
        v10_running = (_e26 + v9_where);
    }
    let _e33 = v10_running;
    scratch[lane] = _e33;
    workgroupBarrier();
    if (lane < 64u) {
        let _e38 = scratch[(lane + 64u)];
        let _e39 = scratch[lane];
        scratch[lane] = (_e39 + _e38);
    }
    workgroupBarrier();
    if (lane < 32u) {
        let _e45 = scratch[(lane + 32u)];
        let _e46 = scratch[lane];
        scratch[lane] = (_e46 + _e45);
    }
    workgroupBarrier();
    if (lane < 16u) {
        let _e52 = scratch[(lane + 16u)];
        let _e53 = scratch[lane];
        scratch[lane] = (_e53 + _e52);
    }
    workgroupBarrier();
    if (lane < 8u) {
        let _e59 = scratch[(lane + 8u)];
        let _e60 = scratch[lane];
        scratch[lane] = (_e60 + _e59);
    }
    workgroupBarrier();
    if (lane < 4u) {
        let _e66 = scratch[(lane + 4u)];
        let _e67 = scratch[lane];
        scratch[lane] = (_e67 + _e66);
    }
    workgroupBarrier();
    if (lane < 2u) {
        let _e73 = scratch[(lane + 2u)];
        let _e74 = scratch[lane];
        scratch[lane] = (_e74 + _e73);
    }
    workgroupBarrier();
    if (lane < 1u) {
        let _e79 = scratch[(lane + 1u)];
        let _e80 = scratch[lane];
        scratch[lane] = (_e80 + _e79);
    }
    workgroupBarrier();
    let v10_sum = scratch[0u];
    let _e88 = constant;
    let v13_uint32 = bitcast<u32>(_e88);
    let v14_minimum = select(v10_sum, v13_uint32, (v13_uint32 < v10_sum));
    let v15_int32 = bitcast<i32>(v14_minimum);
    let v16_load = b1_in[bitcast<u32>(v15_int32)];
    let v17_less = (v16_load < 0i);
    let v18_add = (v16_load + 2000i);
    let v19_where = select(v16_load, v18_add, v17_less);
    let v20_less = (v19_where < 0i);
    let v21_minimum = select(v19_where, 2000i, (2000i < v19_where));
    let v22_where = select(v21_minimum, 2000i, v20_less);
    if (lane == 0u) {
        b2_out[row] = v22_where;
        b3_out[row] = v10_sum;
    }
}
