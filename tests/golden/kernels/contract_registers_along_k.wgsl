struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<vec4<f32>>;
@group(0) @binding(1)
var<storage> b1_in: array<vec4<f32>>;
@group(0) @binding(2)
var<storage> b2_in: array<f32>;
@group(0) @binding(3)
var<storage, read_write> b3_out: array<f32>;
@group(0) @binding(4)
var<uniform> uniforms: Uniforms;

fn float_to_int(x: f32) -> i32 {
    return select(select(select(i32(select(0f, x, (abs(x) < 2147483600f))), 2147483647i, (2147483600f <= x)), i32(-2147483648), (x <= -2147483600f)), 0i, (2139095040u < (bitcast<u32>(x) & 2147483647u)));
}

fn tanh_(x_1: f32) -> f32 {
    var constant: f32 = 0.5f;

    let _e1 = abs(x_1);
    let _e4 = select(10f, _e1, (_e1 < 10f));
    let _e5 = (_e4 + _e4);
    let _e8 = select(_e5, -105f, (_e5 < -105f));
    let _e11 = select(_e8, 90f, (90f < _e8));
    let _e13 = (_e11 * 1.442695f);
    let _e16 = constant;
    let _e24 = float_to_int((_e13 + bitcast<f32>((bitcast<u32>(_e16) ^ (bitcast<u32>(_e13) & 2147483648u)))));
    let _e25 = f32(_e24);
    let _e31 = ((_e11 - (_e25 * 0.69314575f)) - (_e25 * 0.0000014286068f));
    let _e53 = (_e24 + 0i);
    let _e55 = (_e53 >> 1u);
    let _e73 = (_e4 * _e4);
    let _e100 = bitcast<u32>(x_1);
    return select(bitcast<f32>((bitcast<u32>(select((1f - (2f / (((((_e31 + ((_e31 * _e31) * ((((((((((0.00019891269f * _e31) + 0.00139339f) * _e31) + 0.0083333105f) * _e31) + 0.041666463f) * _e31) + 0.16666667f) * _e31) + 0.5f))) + 1f) * bitcast<f32>((bitcast<u32>((_e55 + 127i)) << 23u))) * bitcast<f32>((bitcast<u32>(((_e53 - _e55) + 127i)) << 23u))) + 1f))), (_e4 + ((_e4 * _e73) * ((((((((((((-0.0008519199f * _e73) + 0.0032950146f) * _e73) + -0.008786444f) * _e73) + 0.02185905f) * _e73) + -0.05396757f) * _e73) + 0.13333331f) * _e73) + -0.33333334f))), (_e4 < 0.63f))) ^ (_e100 & 2147483648u))), x_1, (2139095040u < (_e100 & 2147483647u)));
}

fn finish(batch: u32, m: u32, n: u32, sum: f32) {
    if (m >= 62u) {
        return;
    }
    if (n >= 23u) {
        return;
    }
    let v3_load = b2_in[n];
    let v4_add = (sum + v3_load);
    let v5_tanh = tanh_(v4_add);
    b3_out[(((batch * 1426u) + (m * 23u)) + n)] = v5_tanh;
}

@compute @workgroup_size(64, 1, 1)
fn contract_matmul_add_tanh(@builtin(global_invocation_id) id: vec3<u32>) {
    var sum_0a: vec4<f32>;
    var sum_0b: vec4<f32>;
    var sum_0c: vec4<f32>;
    var sum_0d: vec4<f32>;
    var sum_1a: vec4<f32>;
    var sum_1b: vec4<f32>;
    var sum_1c: vec4<f32>;
    var sum_1d: vec4<f32>;
    var sum_2a: vec4<f32>;
    var sum_2b: vec4<f32>;
    var sum_2c: vec4<f32>;
    var sum_2d: vec4<f32>;
    var sum_3a: vec4<f32>;
    var sum_3b: vec4<f32>;
    var sum_3c: vec4<f32>;
    var sum_3d: vec4<f32>;

    let tile = id.x;
    if (tile >= 288u) {
        return;
    }
    let _e6 = (tile / 6u);
    let batch_1 = (_e6 / 16u);
    let m_1 = ((_e6 % 16u) * 4u);
    let n_1 = ((tile % 6u) * 4u);
    let j = min(m_1, 61u);
    let _e17 = (m_1 + 1u);
    let j_b = min(_e17, 61u);
    let _e20 = (m_1 + 2u);
    let j_c = min(_e20, 61u);
    let _e23 = (m_1 + 3u);
    let j_d = min(_e23, 61u);
    let k = min(n_1, 22u);
    let _e27 = (n_1 + 1u);
    let k_b = min(_e27, 22u);
    let _e29 = (n_1 + 2u);
    let k_c = min(_e29, 22u);
    let _e31 = (n_1 + 3u);
    let k_d = min(_e31, 22u);
    let _e34 = vec4(0f);
    sum_0a = _e34;
    sum_0b = _e34;
    sum_0c = _e34;
    sum_0d = _e34;
    sum_1a = _e34;
    sum_1b = _e34;
    sum_1c = _e34;
    sum_1d = _e34;
    sum_2a = _e34;
    sum_2b = _e34;
    sum_2c = _e34;
    sum_2d = _e34;
    sum_3a = _e34;
    sum_3b = _e34;
    sum_3c = _e34;
    sum_3d = _e34;
    let _e61 = (batch_1 * 496u);
    for (var quad_l = 0u; quad_l < 8u; quad_l = quad_l + 1u) {
        let v0_load = b0_in[((_e61 + (j * 8u)) + quad_l)];
        let v0_load_b = b0_in[((_e61 + (j_b * 8u)) + quad_l)];
        let v0_load_c = b0_in[((_e61 + (j_c * 8u)) + quad_l)];
        let v0_load_d = b0_in[((_e61 + (j_d * 8u)) + quad_l)];
        let v1_load = b1_in[((k * 8u) + quad_l)];
        let v1_load_b = b1_in[((k_b * 8u) + quad_l)];
        let v1_load_c = b1_in[((k_c * 8u) + quad_l)];
        let v1_load_d = b1_in[((k_d * 8u) + quad_l)];
        let _e100 = sum_0a;
        sum_0a = (_e100 + (v0_load * v1_load));
        let _e103 = sum_0b;
        sum_0b = (_e103 + (v0_load * v1_load_b));
        let _e106 = sum_0c;
        sum_0c = (_e106 + (v0_load * v1_load_c));
        let _e109 = sum_0d;
        sum_0d = (_e109 + (v0_load * v1_load_d));
        let _e112 = sum_1a;
        sum_1a = (_e112 + (v0_load_b * v1_load));
        let _e115 = sum_1b;
        sum_1b = (_e115 + (v0_load_b * v1_load_b));
        let _e118 = sum_1c;
        sum_1c = (_e118 + (v0_load_b * v1_load_c));
        let _e121 = sum_1d;
        sum_1d = (_e121 + (v0_load_b * v1_load_d));
        let _e124 = sum_2a;
        sum_2a = (_e124 + (v0_load_c * v1_load));
        let _e127 = sum_2b;
        sum_2b = (_e127 + (v0_load_c * v1_load_b));
        let _e130 = sum_2c;
        sum_2c = (_e130 + (v0_load_c * v1_load_c));
        let _e133 = sum_2d;
        sum_2d = (_e133 + (v0_load_c * v1_load_d));
        let _e136 = sum_3a;
        sum_3a = (_e136 + (v0_load_d * v1_load));
        let _e139 = sum_3b;
        sum_3b = (_e139 + (v0_load_d * v1_load_b));
        let _e142 = sum_3c;
        sum_3c = (_e142 + (v0_load_d * v1_load_c));
        let _e145 = sum_3d;
        sum_3d = (_e145 + (v0_load_d * v1_load_d));
    }
    let _e150 = sum_0a;
    finish(batch_1, m_1, n_1, ((_e150.x + _e150.y) + (_e150.z + _e150.w)));
    let _e158 = sum_0b;
    finish(batch_1, m_1, _e27, ((_e158.x + _e158.y) + (_e158.z + _e158.w)));
    let _e166 = sum_0c;
    finish(batch_1, m_1, _e29, ((_e166.x + _e166.y) + (_e166.z + _e166.w)));
    let _e174 = sum_0d;
    finish(batch_1, m_1, _e31, ((_e174.x + _e174.y) + (_e174.z + _e174.w)));
    let _e182 = sum_1a;
    finish(batch_1, _e17, n_1, ((_e182.x + _e182.y) + (_e182.z + _e182.w)));
    let _e190 = sum_1b;
    finish(batch_1, _e17, _e27, ((_e190.x + _e190.y) + (_e190.z + _e190.w)));
    let _e198 = sum_1c;
    finish(batch_1, _e17, _e29, ((_e198.x + _e198.y) + (_e198.z + _e198.w)));
    let _e206 = sum_1d;
    finish(batch_1, _e17, _e31, ((_e206.x + _e206.y) + (_e206.z + _e206.w)));
    let _e214 = sum_2a;
    finish(batch_1, _e20, n_1, ((_e214.x + _e214.y) + (_e214.z + _e214.w)));
    let _e222 = sum_2b;
    finish(batch_1, _e20, _e27, ((_e222.x + _e222.y) + (_e222.z + _e222.w)));
    let _e230 = sum_2c;
    finish(batch_1, _e20, _e29, ((_e230.x + _e230.y) + (_e230.z + _e230.w)));
    let _e238 = sum_2d;
    finish(batch_1, _e20, _e31, ((_e238.x + _e238.y) + (_e238.z + _e238.w)));
    let _e246 = sum_3a;
    finish(batch_1, _e23, n_1, ((_e246.x + _e246.y) + (_e246.z + _e246.w)));
    let _e254 = sum_3b;
    finish(batch_1, _e23, _e27, ((_e254.x + _e254.y) + (_e254.z + _e254.w)));
    let _e262 = sum_3c;
    finish(batch_1, _e23, _e29, ((_e262.x + _e262.y) + (_e262.z + _e262.w)));
    let _e270 = sum_3d;
    finish(batch_1, _e23, _e31, ((_e270.x + _e270.y) + (_e270.z + _e270.w)));
}
