struct Uniforms {
    size: u32,
    c1: f32,
    c2: f32,
}

@group(0) @binding(0)
var<storage> b0_in: array<f32>;
@group(0) @binding(1)
var<storage> b1_in: array<f32>;
@group(0) @binding(2)
var<storage, read_write> b2_out: array<f32>;
@group(0) @binding(3)
var<storage, read_write> b3_out: array<f32>;
@group(0) @binding(4)
var<uniform> uniforms: Uniforms;
var<workgroup> scratch: array<f32, 32>;

fn rsqrt(x: f32) -> f32 {
    let _e3 = (1f / sqrt(x));
    return select(_e3, (_e3 + (_e3 * (0.5f - (0.5f * ((x * _e3) * _e3))))), ((bitcast<u32>(x) - 8388608u) < 2130706432u));
}

@compute @workgroup_size(32, 1, 1)
fn row_add_sum_div_sub_square_etc(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var v5_running: f32;
    var v12_running: f32;

    let row = group.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    let c1 = uniforms.c1;
    let c2 = uniforms.c2;
    v5_running = 0f;
    let _e19 = (row * 100u);
    for (var j = lane; j < 100u; j = j + 32u) {
        let _e21 = (_e19 + j);
        let v2_load = b0_in[_e21];
        let v3_load = b1_in[_e21];
        let v4_add = (v2_load + v3_load);
        let _e29 = v5_running;
        v5_running = (_e29 + v4_add);
        b3_out[_e21] = v4_add;
    }
    let _e38 = v5_running;
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
    let v5_sum = scratch[0u];
    let v6_div = (v5_sum / c1);
    v12_running = 0f;
    for (var j_b = lane; j_b < 100u; j_b = j_b + 32u) {
        let _e80 = (_e19 + j_b);
        let v7_load = b0_in[_e80];
        let v8_load = b1_in[_e80];
        let v9_add = (v7_load + v8_load);
        let v10_sub = (v9_add - v6_div);
        let v11_square = (v10_sub * v10_sub);
        let _e88 = v12_running;
        v12_running = (_e88 + v11_square);
    }
    workgroupBarrier();
    let _e93 = v12_running;
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
    let v12_sum = scratch[0u];
    let v13_div = (v12_sum / c1);
    let v14_add = (v13_div + c2);
    let v15_rsqrt = rsqrt(v14_add);
    for (var j_c = lane; j_c < 100u; j_c = j_c + 32u) {
        let _e126 = (_e19 + j_c);
        let v16_load = b0_in[_e126];
        let v17_load = b1_in[_e126];
        let v18_add = (v16_load + v17_load);
        let v19_sub = (v18_add - v6_div);
        let v20_mul = (v19_sub * v15_rsqrt);
        b2_out[_e126] = v20_mul;
    }
}
