struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<u32>;
@group(0) @binding(1)
var<storage, read_write> b1_out: array<u32>;
@group(0) @binding(2)
var<uniform> uniforms: Uniforms;
var<workgroup> scratch: array<u32, 32>;

@compute @workgroup_size(32, 1, 1)
fn row_iota_equal_where_sum(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var v8_running: u32;

    let row = group.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    let j = (row % 60u);
    let i = (row / 60u);
    v8_running = 0u;
    let _e17 = (i * 60u);
    let v2_index = bitcast<i32>(j);
    let v3_uint32 = bitcast<u32>(v2_index);
    for (var k = lane; k < 60u; k = k + 32u) {
        let v1_load = b0_in[(_e17 + k)];
        let v4_equal = (v1_load == v3_uint32);
        let v5_index = bitcast<i32>(k);
        let v6_uint32 = bitcast<u32>(v5_index);
        let v7_where = select(0u, v6_uint32, v4_equal);
        let _e28 = v8_running;
        v8_running = (_e28 + v7_where);
    }
    let _e35 = v8_running;
    scratch[lane] = _e35;
    workgroupBarrier();
    if (lane < 16u) {
        let _e40 = scratch[(lane + 16u)];
        let _e41 = scratch[lane];
        scratch[lane] = (_e41 + _e40);
    }
    workgroupBarrier();
    if (lane < 8u) {
        let _e47 = scratch[(lane + 8u)];
        let _e48 = scratch[lane];
        scratch[lane] = (_e48 + _e47);
    }
    workgroupBarrier();
    if (lane < 4u) {
        let _e54 = scratch[(lane + 4u)];
        let _e55 = scratch[lane];
        scratch[lane] = (_e55 + _e54);
    }
    workgroupBarrier();
    if (lane < 2u) {
        let _e61 = scratch[(lane + 2u)];
        let _e62 = scratch[lane];
        scratch[lane] = (_e62 + _e61);
    }
    workgroupBarrier();
    if (lane < 1u) {
        let _e67 = scratch[(lane + 1u)];
        let _e68 = scratch[lane];
        scratch[lane] = (_e68 + _e67);
    }
    workgroupBarrier();
    let v8_sum = scratch[0u];
    if (lane == 0u) {
        b1_out[(_e17 + j)] = v8_sum;
    }
}
