struct Uniforms {
    size: u32,
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
fn row_max_sub_exp_sum_div(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var v1_running: i32;
    var v5_running: f32;

    let row = group.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    v1_running = -2139095041i;
    for (var i = lane; i < 33u; i = i + 32u) {
        let v0_load = b0_in[((i * 70u) + row)];
        let _e22 = order_for_max(v0_load);
        let _e23 = v1_running;
        v1_running = max(_e23, _e22);
    }
    let _e30 = v1_running;
    scratch[lane] = _e30;
    workgroupBarrier();
    let _e32 = (lane < 16u);
    if _e32 {
        let _e35 = scratch[(lane + 16u)];
        let _e36 = scratch[lane];
        scratch[lane] = max(_e36, _e35);
    }
    workgroupBarrier();
    let _e39 = (lane < 8u);
    if _e39 {
        let _e42 = scratch[(lane + 8u)];
        let _e43 = scratch[lane];
        scratch[lane] = max(_e43, _e42);
    }
    workgroupBarrier();
    let _e46 = (lane < 4u);
    if _e46 {
        let _e49 = scratch[(lane + 4u)];
        let _e50 = scratch[lane];
        scratch[lane] = max(_e50, _e49);
    }
    workgroupBarrier();
    let _e53 = (lane < 2u);
    if _e53 {
        let _e56 = scratch[(lane + 2u)];
        let _e57 = scratch[lane];
        scratch[lane] = max(_e57, _e56);
    }
    workgroupBarrier();
    let _e59 = (lane < 1u);
    if _e59 {
        let _e62 = scratch[(lane + 1u)];
        let _e63 = scratch[lane];
        scratch[lane] = max(_e63, _e62);
    }
    workgroupBarrier();
    let _e66 = scratch[0u];
    let v1_max = from_order(_e66);
    v5_running = 0f;
    for (var i_b = lane; i_b < 33u; i_b = i_b + 32u) {
        let v2_load = b0_in[((i_b * 70u) + row)];
        let v3_sub = (v2_load - v1_max);
        let v4_exp = exp_(v3_sub);
        let _e79 = v5_running;
        v5_running = (_e79 + v4_exp);
    }
    let _e86 = v5_running;
    scratch_b[lane] = _e86;
    workgroupBarrier();
    if _e32 {
        let _e89 = scratch_b[(lane + 16u)];
        let _e90 = scratch_b[lane];
        scratch_b[lane] = (_e90 + _e89);
    }
    workgroupBarrier();
    if _e39 {
        let _e94 = scratch_b[(lane + 8u)];
        let _e95 = scratch_b[lane];
        scratch_b[lane] = (_e95 + _e94);
    }
    workgroupBarrier();
    if _e46 {
        let _e99 = scratch_b[(lane + 4u)];
        let _e100 = scratch_b[lane];
        scratch_b[lane] = (_e100 + _e99);
    }
    workgroupBarrier();
    if _e53 {
        let _e104 = scratch_b[(lane + 2u)];
        let _e105 = scratch_b[lane];
        scratch_b[lane] = (_e105 + _e104);
    }
    workgroupBarrier();
    if _e59 {
        let _e109 = scratch_b[(lane + 1u)];
        let _e110 = scratch_b[lane];
        scratch_b[lane] = (_e110 + _e109);
    }
    workgroupBarrier();
    let v5_sum = scratch_b[0u];
    for (var i_c = lane; i_c < 33u; i_c = i_c + 32u) {
        let _e118 = ((i_c * 70u) + row);
        let v6_load = b0_in[_e118];
        let v7_sub = (v6_load - v1_max);
        let v8_exp = exp_(v7_sub);
        let v9_div = (v8_exp / v5_sum);
        b1_out[_e118] = v9_div;
    }
}
