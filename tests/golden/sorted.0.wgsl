struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n0_in: array<f32>;
@group(0) @binding(1)
var<storage, read_write> n20_out: array<i32>;
@group(0) @binding(2)
var<uniform> uniforms: Uniforms;
var<workgroup> scratch: array<i32, 32>;

@compute @workgroup_size(32, 1, 1)
fn row_iota_less_isnan_logicalNot_logicalAnd_etc(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var n20_running: i32;

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
    n20_running = 0i;
    let n7_isnan = (2139095040u < (bitcast<u32>(n0_load) & 2147483647u));
    let n12_logicalNot = !(n7_isnan);
    let n3_index = bitcast<i32>(j);
    for (var k = lane; k < 60u; k = k + 32u) {
        let n0_load_b = n0_in[(_e11 + k)];
        let n6_isnan = (2139095040u < (bitcast<u32>(n0_load_b) & 2147483647u));
        let n5_less = ((n0_load_b < n0_load) & !((n6_isnan | n7_isnan)));
        let n8_logicalNot = !(n6_isnan);
        let n9_logicalAnd = (n8_logicalNot & n7_isnan);
        let n10_logicalOr = (n5_less | n9_logicalAnd);
        let n11_less = ((n0_load < n0_load_b) & !((n7_isnan | n6_isnan)));
        let n13_logicalAnd = (n12_logicalNot & n6_isnan);
        let n14_logicalOr = (n11_less | n13_logicalAnd);
        let n15_logicalNot = !(n14_logicalOr);
        let n4_index = bitcast<i32>(k);
        let n16_less = (n4_index < n3_index);
        let n17_logicalAnd = (n15_logicalNot & n16_less);
        let n18_logicalOr = (n10_logicalOr | n17_logicalAnd);
        let n19_int32 = bitcast<i32>(u32(n18_logicalOr));
        let _e56 = n20_running;
        n20_running = (_e56 + n19_int32);
    }
    let _e63 = n20_running;
    scratch[lane] = _e63;
    workgroupBarrier();
    if (lane < 16u) {
        let _e68 = scratch[(lane + 16u)];
        let _e69 = scratch[lane];
        scratch[lane] = (_e69 + _e68);
    }
    workgroupBarrier();
    if (lane < 8u) {
        let _e75 = scratch[(lane + 8u)];
        let _e76 = scratch[lane];
        scratch[lane] = (_e76 + _e75);
    }
    workgroupBarrier();
    if (lane < 4u) {
        let _e82 = scratch[(lane + 4u)];
        let _e83 = scratch[lane];
        scratch[lane] = (_e83 + _e82);
    }
    workgroupBarrier();
    if (lane < 2u) {
        let _e89 = scratch[(lane + 2u)];
        let _e90 = scratch[lane];
        scratch[lane] = (_e90 + _e89);
    }
    workgroupBarrier();
    if (lane < 1u) {
        let _e95 = scratch[(lane + 1u)];
        let _e96 = scratch[lane];
        scratch[lane] = (_e96 + _e95);
    }
    workgroupBarrier();
    let n20_sum = scratch[0u];
    if (lane == 0u) {
        n20_out[_e13] = n20_sum;
    }
}
