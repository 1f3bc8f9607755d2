struct Uniforms {
    size: u32,
    c1: f32,
    c2: f32,
}

@group(0) @binding(0)
var<storage> n0_in: array<f32>;
@group(0) @binding(1)
var<storage> n1_in: array<f32>;
@group(0) @binding(2)
var<storage, read_write> n17_out: array<f32>;
@group(0) @binding(3)
var<storage, read_write> n2_out: array<f32>;
@group(0) @binding(4)
var<uniform> uniforms: Uniforms;
var<workgroup> scratch: array<f32, 32>;

fn rsqrt(x: f32) -> f32 {
    let _e3 = (1f / sqrt(x));
    return select(_e3, (_e3 + (_e3 * (0.5f - (0.5f * ((x * _e3) * _e3))))), ((bitcast<u32>(x) - 8388608u) < 2130706432u));
}

@compute @workgroup_size(32, 1, 1)
fn row_add_sum_div_sub_square_etc(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var n3_running: f32;
    var n10_running: f32;

    let row = group.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    let c1 = uniforms.c1;
    let c2 = uniforms.c2;
    n3_running = 0f;
    let _e19 = (row * 100u);
    for (var j = lane; j < 100u; j = j + 32u) {
        let _e21 = (_e19 + j);
        let n0_load = n0_in[_e21];
        let n1_load = n1_in[_e21];
        let n2_add = (n0_load + n1_load);
        let _e29 = n3_running;
        n3_running = (_e29 + n2_add);
        n2_out[_e21] = n2_add;
    }
    let _e38 = n3_running;
    scratch[lane] = _e38;
    workgroupBarrier();
    let _e40 = (lane < 16u);
    if _e40 {
        let _e43 = scratch[(lane + 16u)];
        let _e44 = scratch[lane];
        scratch[lane] = (_e44 + _e43);
    }
    workgroupBarrier();
    let _e47 = (lane < 8u);
    if _e47 {
        let _e50 = scratch[(lane + 8u)];
        let _e51 = scratch[lane];
        scratch[lane] = (_e51 + _e50);
    }
    workgroupBarrier();
    let _e54 = (lane < 4u);
    if _e54 {
        let _e57 = scratch[(lane + 4u)];
        let _e58 = scratch[lane];
        scratch[lane] = (_e58 + _e57);
    }
    workgroupBarrier();
    let _e61 = (lane < 2u);
    if _e61 {
        let _e64 = scratch[(lane + 2u)];
        let _e65 = scratch[lane];
        scratch[lane] = (_e65 + _e64);
    }
    workgroupBarrier();
    let _e67 = (lane < 1u);
    if _e67 {
        let _e70 = scratch[(lane + 1u)];
        let _e71 = scratch[lane];
        scratch[lane] = (_e71 + _e70);
    }
    workgroupBarrier();
    let n3_sum = scratch[0u];
    let n6_div = (n3_sum / c1);
    n10_running = 0f;
    for (var j_b = lane; j_b < 100u; j_b = j_b + 32u) {
        let _e80 = (_e19 + j_b);
        let n0_load_b = n0_in[_e80];
        let n1_load_b = n1_in[_e80];
        let n2_add_b = (n0_load_b + n1_load_b);
        let n8_sub = (n2_add_b - n6_div);
        let n9_square = (n8_sub * n8_sub);
        let _e88 = n10_running;
        n10_running = (_e88 + n9_square);
    }
    workgroupBarrier();
    let _e93 = n10_running;
    scratch[lane] = _e93;
    workgroupBarrier();
    if _e40 {
        let _e96 = scratch[(lane + 16u)];
        let _e97 = scratch[lane];
        scratch[lane] = (_e97 + _e96);
    }
    workgroupBarrier();
    if _e47 {
        let _e101 = scratch[(lane + 8u)];
        let _e102 = scratch[lane];
        scratch[lane] = (_e102 + _e101);
    }
    workgroupBarrier();
    if _e54 {
        let _e106 = scratch[(lane + 4u)];
        let _e107 = scratch[lane];
        scratch[lane] = (_e107 + _e106);
    }
    workgroupBarrier();
    if _e61 {
        let _e111 = scratch[(lane + 2u)];
        let _e112 = scratch[lane];
        scratch[lane] = (_e112 + _e111);
    }
    workgroupBarrier();
    if _e67 {
        let _e116 = scratch[(lane + 1u)];
        let _e117 = scratch[lane];
        scratch[lane] = (_e117 + _e116);
    }
    workgroupBarrier();
    let n10_sum = scratch[0u];
    let n11_div = (n10_sum / c1);
    let n14_add = (n11_div + c2);
    let n15_rsqrt = rsqrt(n14_add);
    for (var j_c = lane; j_c < 100u; j_c = j_c + 32u) {
        let _e126 = (_e19 + j_c);
        let n0_load_c = n0_in[_e126];
        let n1_load_c = n1_in[_e126];
        let n2_add_c = (n0_load_c + n1_load_c);
        let n8_sub_b = (n2_add_c - n6_div);
        let n17_mul = (n8_sub_b * n15_rsqrt);
        n17_out[_e126] = n17_mul;
    }
}
