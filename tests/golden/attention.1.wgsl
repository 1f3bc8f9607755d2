struct Uniforms {
    size: u32,
    c1: f32,
}

@group(0) @binding(0)
var<storage> b0_in: array<f32>;
@group(0) @binding(1)
var<storage, read_write> b1_out: array<f32>;
@group(0) @binding(2)
var<uniform> uniforms: Uniforms;
var<workgroup> scratch: array<i32, 32>;
var<workgroup> scratch_b: array<f32, 32>;

fn order_for_max(x: f32) -> i32 {
    let _e1 = bitcast<u32>(x);
    let _e2 = bitcast<i32>(_e1);
    return select((_e2 ^ ((_e2 >> 31u) & 2147483647i)), 2147483647i, (2139095040u < (_e1 & 2147483647u)));
}

fn from_order(x_1: i32) -> f32 {
    return bitcast<f32>(bitcast<u32>((x_1 ^ ((x_1 >> 31u) & 2147483647i))));
}

fn float_to_int(x_2: f32) -> i32 {
    return select(select(select(i32(select(0f, x_2, (abs(x_2) < 2147483600f))), 2147483647i, (2147483600f <= x_2)), i32(-2147483648), (x_2 <= -2147483600f)), 0i, (2139095040u < (bitcast<u32>(x_2) & 2147483647u)));
}

fn exp_(x_3: f32) -> f32 {
    var constant: f32 = 0.5f;

    let _e3 = select(x_3, -105f, (x_3 < -105f));
    let _e6 = select(_e3, 90f, (90f < _e3));
    let _e8 = (_e6 * 1.442695f);
    let _e11 = constant;
    let _e19 = float_to_int((_e8 + bitcast<f32>((bitcast<u32>(_e11) ^ (bitcast<u32>(_e8) & 2147483648u)))));
    let _e20 = f32(_e19);
    let _e26 = ((_e6 - (_e20 * 0.69314575f)) - (_e20 * 0.0000014286068f));
    let _e48 = (_e19 + 0i);
    let _e50 = (_e48 >> 1u);
    return select(((((_e26 + ((_e26 * _e26) * ((((((((((0.00019891269f * _e26) + 0.00139339f) * _e26) + 0.0083333105f) * _e26) + 0.041666463f) * _e26) + 0.16666667f) * _e26) + 0.5f))) + 1f) * bitcast<f32>((bitcast<u32>((_e50 + 127i)) << 23u))) * bitcast<f32>((bitcast<u32>(((_e48 - _e50) + 127i)) << 23u))), x_3, (2139095040u < (bitcast<u32>(x_3) & 2147483647u)));
}

@compute @workgroup_size(32, 1, 1)
fn row_mul_max_sub_exp_sum_etc(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var v3_running: i32;
    var v8_running: f32;

    let row = group.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    let c1 = uniforms.c1;
    v3_running = -2139095041i;
    let _e17 = (row * 40u);
    for (var j = lane; j < 40u; j = j + 32u) {
        let v1_load = b0_in[(_e17 + j)];
        let v2_mul = (v1_load * c1);
        let _e24 = order_for_max(v2_mul);
        let _e25 = v3_running;
        v3_running = max(_e25, _e24);
    }
    let _e32 = v3_running;
    scratch[lane] = _e32;
    workgroupBarrier();
    let _e34 = (lane < 16u);
    if _e34 {
        let _e37 = scratch[(lane + 16u)];
        let _e38 = scratch[lane];
        scratch[lane] = max(_e38, _e37);
    }
    workgroupBarrier();
    let _e41 = (lane < 8u);
    if _e41 {
        let _e44 = scratch[(lane + 8u)];
        let _e45 = scratch[lane];
        scratch[lane] = max(_e45, _e44);
    }
    workgroupBarrier();
    let _e48 = (lane < 4u);
    if _e48 {
        let _e51 = scratch[(lane + 4u)];
        let _e52 = scratch[lane];
        scratch[lane] = max(_e52, _e51);
    }
    workgroupBarrier();
    let _e55 = (lane < 2u);
    if _e55 {
        let _e58 = scratch[(lane + 2u)];
        let _e59 = scratch[lane];
        scratch[lane] = max(_e59, _e58);
    }
    workgroupBarrier();
    let _e61 = (lane < 1u);
    if _e61 {
        let _e64 = scratch[(lane + 1u)];
        let _e65 = scratch[lane];
        scratch[lane] = max(_e65, _e64);
    }
    workgroupBarrier();
    let _e68 = scratch[0u];
    let v3_max = from_order(_e68);
    v8_running = 0f;
    for (var j_b = lane; j_b < 40u; j_b = j_b + 32u) {
        let v4_load = b0_in[(_e17 + j_b)];
        let v5_mul = (v4_load * c1);
        let v6_sub = (v5_mul - v3_max);
        let v7_exp = exp_(v6_sub);
        let _e81 = v8_running;
        v8_running = (_e81 + v7_exp);
    }
    let _e88 = v8_running;
    scratch_b[lane] = _e88;
    workgroupBarrier();
    if _e34 {
        let _e91 = scratch_b[(lane + 16u)];
        let _e92 = scratch_b[lane];
        scratch_b[lane] = (_e92 + _e91);
    }
    workgroupBarrier();
    if _e41 {
        let _e96 = scratch_b[(lane + 8u)];
        let _e97 = scratch_b[lane];
        scratch_b[lane] = (_e97 + _e96);
    }
    workgroupBarrier();
    if _e48 {
        let _e101 = scratch_b[(lane + 4u)];
        let _e102 = scratch_b[lane];
        scratch_b[lane] = (_e102 + _e101);
    }
    workgroupBarrier();
    if _e55 {
        let _e106 = scratch_b[(lane + 2u)];
        let _e107 = scratch_b[lane];
        scratch_b[lane] = (_e107 + _e106);
    }
    workgroupBarrier();
    if _e61 {
        let _e111 = scratch_b[(lane + 1u)];
        let _e112 = scratch_b[lane];
        scratch_b[lane] = (_e112 + _e111);
    }
    workgroupBarrier();
    let v8_sum = scratch_b[0u];
    for (var j_c = lane; j_c < 40u; j_c = j_c + 32u) {
        let _e119 = (_e17 + j_c);
        let v9_load = b0_in[_e119];
        let v10_mul = (v9_load * c1);
        let v11_sub = (v10_mul - v3_max);
        let v12_exp = exp_(v11_sub);
        let v13_div = (v12_exp / v8_sum);
        b1_out[_e119] = v13_div;
    }
}
