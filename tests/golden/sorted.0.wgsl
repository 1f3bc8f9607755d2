struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<f32>;
@group(0) @binding(1)
var<storage, read_write> b1_out: array<u32>;
@group(0) @binding(2)
var<uniform> uniforms: Uniforms;
var<workgroup> scratch: array<u32, 32>;

fn order_for_max(x: f32) -> i32 {
    let _e1 = bitcast<u32>(x);
    let _e2 = bitcast<i32>(_e1);
    return select((_e2 ^ ((_e2 >> 31u) & 2147483647i)), 2147483647i, (2139095040u < (_e1 & 2147483647u)));
}

@compute @workgroup_size(32, 1, 1)
fn row_sortKey_iota_less_lessEqual_less_etc(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var v13_running: u32;

    let row = group.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    let j = (row % 60u);
    let i = (row / 60u);
    let _e11 = (i * 60u);
    let _e13 = (_e11 + j);
    let v0_load = b0_in[_e13];
    let _e17 = order_for_max(v0_load);
    let v1_key = (bitcast<u32>(select(_e17, 0i, (_e17 == -1i))) ^ 2147483648u);
    v13_running = 0u;
    let v4_index = bitcast<i32>(j);
    let v5_uint32 = bitcast<u32>(v4_index);
    for (var k = lane; k < 60u; k = k + 32u) {
        let v2_index = bitcast<i32>(k);
        let v3_uint32 = bitcast<u32>(v2_index);
        let v6_less = (v3_uint32 < v5_uint32);
        let v7_load = b0_in[(_e11 + k)];
        let _e38 = order_for_max(v7_load);
        let v8_key = (bitcast<u32>(select(_e38, 0i, (_e38 == -1i))) ^ 2147483648u);
        let v9_lessEqual = !((v1_key < v8_key));
        let v10_less = (v8_key < v1_key);
        let v11_where = select(v10_less, v9_lessEqual, v6_less);
        let v12_uint32 = u32(v11_where);
        let _e48 = v13_running;
        v13_running = (_e48 + v12_uint32);
    }
    let _e55 = v13_running;
    scratch[lane] = _e55;
    workgroupBarrier();
    if (lane < 16u) {
        let _e60 = scratch[(lane + 16u)];
        let _e61 = scratch[lane];
        scratch[lane] = (_e61 + _e60);
    }
    workgroupBarrier();
    if (lane < 8u) {
        let _e67 = scratch[(lane + 8u)];
        let _e68 = scratch[lane];
        scratch[lane] = (_e68 + _e67);
    }
    workgroupBarrier();
    if (lane < 4u) {
        let _e74 = scratch[(lane + 4u)];
        let _e75 = scratch[lane];
        scratch[lane] = (_e75 + _e74);
    }
    workgroupBarrier();
    if (lane < 2u) {
        let _e81 = scratch[(lane + 2u)];
        let _e82 = scratch[lane];
        scratch[lane] = (_e82 + _e81);
    }
    workgroupBarrier();
    if (lane < 1u) {
        let _e87 = scratch[(lane + 1u)];
        let _e88 = scratch[lane];
        scratch[lane] = (_e88 + _e87);
    }
    workgroupBarrier();
    let v13_sum = scratch[0u];
    if (lane == 0u) {
        b1_out[_e13] = v13_sum;
    }
}
