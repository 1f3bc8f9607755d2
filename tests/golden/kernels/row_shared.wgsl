struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<f32>;
@group(0) @binding(1)
var<storage, read_write> b1_out: array<f32>;
@group(0) @binding(2)
var<uniform> uniforms: Uniforms;
var<workgroup> scratch: array<i32, 128>;
var<workgroup> scratch_b: array<f32, 128>;

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

@compute @workgroup_size(128, 1, 1)
fn row_softmax(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var v1_running: i32;
    var v5_running: f32;

    let row = group.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    v1_running = -2139095041i;
    let _e15 = (row * 1000u);
    for (var j = lane; j < 1000u; j = j + 128u) {
        let v0_load = b0_in[(_e15 + j)];
        let _e21 = order_for_max(v0_load);
        let _e22 = v1_running;
        v1_running = max(_e22, _e21);
    }
    let _e29 = v1_running;
    scratch[lane] = _e29;
    workgroupBarrier();
    let _e31 = (lane < 64u);
    if _e31 {
        let _e34 = scratch[(lane + 64u)];
        let _e35 = scratch[lane];
        scratch[lane] = max(_e35, _e34);
    }
    workgroupBarrier();
    let _e38 = (lane < 32u);
    if _e38 {
        let _e41 = scratch[(lane + 32u)];
        let _e42 = scratch[lane];
        scratch[lane] = max(_e42, _e41);
    }
    workgroupBarrier();
    let _e45 = (lane < 16u);
    if _e45 {
        let _e48 = scratch[(lane + 16u)];
        let _e49 = scratch[lane];
        scratch[lane] = max(_e49, _e48);
    }
    workgroupBarrier();
    let _e52 = (lane < 8u);
    if _e52 {
        let _e55 = scratch[(lane + 8u)];
        let _e56 = scratch[lane];
        scratch[lane] = max(_e56, _e55);
    }
    workgroupBarrier();
    let _e59 = (lane < 4u);
    if _e59 {
        let _e62 = scratch[(lane + 4u)];
        let _e63 = scratch[lane];
        scratch[lane] = max(_e63, _e62);
    }
    workgroupBarrier();
    let _e66 = (lane < 2u);
    if _e66 {
        let _e69 = scratch[(lane + 2u)];
        let _e70 = scratch[lane];
        scratch[lane] = max(_e70, _e69);
    }
    workgroupBarrier();
    let _e72 = (lane < 1u);
    if _e72 {
        let _e75 = scratch[(lane + 1u)];
        let _e76 = scratch[lane];
        scratch[lane] = max(_e76, _e75);
    }
    workgroupBarrier();
    let _e79 = scratch[0u];
    let v1_max = from_order(_e79);
    v5_running = 0f;
    for (var j_b = lane; j_b < 1000u; j_b = j_b + 128u) {
        let v2_load = b0_in[(_e15 + j_b)];
        let v3_sub = (v2_load - v1_max);
        let v4_exp = exp_(v3_sub);
        let _e91 = v5_running;
        v5_running = (_e91 + v4_exp);
    }
    let _e98 = v5_running;
    scratch_b[lane] = _e98;
    workgroupBarrier();
    if _e31 {
        let _e101 = scratch_b[(lane + 64u)];
        let _e102 = scratch_b[lane];
        scratch_b[lane] = (_e102 + _e101);
    }
    workgroupBarrier();
    if _e38 {
        let _e106 = scratch_b[(lane + 32u)];
        let _e107 = scratch_b[lane];
        scratch_b[lane] = (_e107 + _e106);
    }
    workgroupBarrier();
    if _e45 {
        let _e111 = scratch_b[(lane + 16u)];
        let _e112 = scratch_b[lane];
        scratch_b[lane] = (_e112 + _e111);
    }
    workgroupBarrier();
    if _e52 {
        let _e116 = scratch_b[(lane + 8u)];
        let _e117 = scratch_b[lane];
        scratch_b[lane] = (_e117 + _e116);
    }
    workgroupBarrier();
    if _e59 {
        let _e121 = scratch_b[(lane + 4u)];
        let _e122 = scratch_b[lane];
        scratch_b[lane] = (_e122 + _e121);
    }
    workgroupBarrier();
    if _e66 {
        let _e126 = scratch_b[(lane + 2u)];
        let _e127 = scratch_b[lane];
        scratch_b[lane] = (_e127 + _e126);
    }
    workgroupBarrier();
    if _e72 {
        let _e131 = scratch_b[(lane + 1u)];
        let _e132 = scratch_b[lane];
        scratch_b[lane] = (_e132 + _e131);
    }
    workgroupBarrier();
    let v5_sum = scratch_b[0u];
    for (var j_c = lane; j_c < 1000u; j_c = j_c + 128u) {
        let _e139 = (_e15 + j_c);
        let v6_load = b0_in[_e139];
        let v7_sub = (v6_load - v1_max);
        let v8_exp = exp_(v7_sub);
        let v9_div = (v8_exp / v5_sum);
        b1_out[_e139] = v9_div;
    }
}
