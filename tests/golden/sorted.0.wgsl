struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n0_in: array<f32>;
@group(0) @binding(1)
var<storage, read_write> n11_out: array<u32>;
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
    var n11_running: u32;

    let row = group.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    let j = (row % 60u);
    let i = (row / 60u);
    let _e11 = (i * 60u);
    let _e13 = (_e11 + j);
    let n0_load = n0_in[_e13];
    let _e17 = order_for_max(n0_load);
    let n1_key = (bitcast<u32>(select(_e17, 0i, (_e17 == -1i))) ^ 2147483648u);
    n11_running = 0u;
    let n4_index = bitcast<i32>(j);
    let n4_uint32 = bitcast<u32>(n4_index);
    for (var k = lane; k < 60u; k = k + 32u) {
        let n5_index = bitcast<i32>(k);
        let n5_uint32 = bitcast<u32>(n5_index);
        let n6_less = (n5_uint32 < n4_uint32);
        let n0_load_b = n0_in[(_e11 + k)];
        let _e38 = order_for_max(n0_load_b);
        let n1_key_b = (bitcast<u32>(select(_e38, 0i, (_e38 == -1i))) ^ 2147483648u);
        let n7_lessEqual = !((n1_key < n1_key_b));
        let n8_less = (n1_key_b < n1_key);
        let n9_where = select(n8_less, n7_lessEqual, n6_less);
        let n10_uint32 = u32(n9_where);
        let _e48 = n11_running;
        n11_running = (_e48 + n10_uint32);
    }
    let _e55 = n11_running;
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
    let n11_sum = scratch[0u];
    if (lane == 0u) {
        n11_out[_e13] = n11_sum;
    }
}
