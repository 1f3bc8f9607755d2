struct Uniforms {
    size: u32,
    s1: u32,
    s2: u32,
    s3: u32,
    s4: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<f32>;
@group(0) @binding(1)
var<storage> b1_in: array<f32>;
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
    let s2 = uniforms.s2;
    if (m >= s2) {
        return;
    }
    let s3 = uniforms.s3;
    if (n >= s3) {
        return;
    }
    let v3_load = b2_in[n];
    let v4_add = (sum + v3_load);
    let v5_tanh = tanh_(v4_add);
    b3_out[(((batch * (s3 * s2)) + (m * s3)) + n)] = v5_tanh;
}

@compute @workgroup_size(64, 1, 1)
fn contract_matmul_add_tanh(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    var sum_0a: f32;
    var sum_0b: f32;
    var sum_0c: f32;
    var sum_0d: f32;
    var sum_1a: f32;
    var sum_1b: f32;
    var sum_1c: f32;
    var sum_1d: f32;
    var sum_2a: f32;
    var sum_2b: f32;
    var sum_2c: f32;
    var sum_2d: f32;
    var sum_3a: f32;
    var sum_3b: f32;
    var sum_3c: f32;
    var sum_3d: f32;

    let tile = ((id.y * (groups.x * 64u)) + id.x);
    let s1 = uniforms.s1;
    let s2_b = uniforms.s2;
    let _e18 = ((s2_b + 3u) / 4u);
    let s3_b = uniforms.s3;
    let _e23 = ((s3_b + 3u) / 4u);
    if (tile >= (_e23 * (_e18 * s1))) {
        return;
    }
    let _e28 = (tile / _e23);
    let batch_1 = (_e28 / _e18);
    let m_1 = ((_e28 % _e18) * 4u);
    let n_1 = ((tile % _e23) * 4u);
    let _e33 = (s2_b - 1u);
    let j = min(m_1, _e33);
    let _e35 = (m_1 + 1u);
    let j_b = min(_e35, _e33);
    let _e38 = (m_1 + 2u);
    let j_c = min(_e38, _e33);
    let _e40 = (m_1 + 3u);
    let j_d = min(_e40, _e33);
    let _e42 = (s3_b - 1u);
    let k = min(n_1, _e42);
    let _e44 = (n_1 + 1u);
    let k_b = min(_e44, _e42);
    let _e46 = (n_1 + 2u);
    let k_c = min(_e46, _e42);
    let _e48 = (n_1 + 3u);
    let k_d = min(_e48, _e42);
    sum_0a = 0f;
    sum_0b = 0f;
    sum_0c = 0f;
    sum_0d = 0f;
    sum_1a = 0f;
    sum_1b = 0f;
    sum_1c = 0f;
    sum_1d = 0f;
    sum_2a = 0f;
    sum_2b = 0f;
    sum_2c = 0f;
    sum_2d = 0f;
    sum_3a = 0f;
    sum_3b = 0f;
    sum_3c = 0f;
    sum_3d = 0f;
    let s4 = uniforms.s4;
    let _e74 = (batch_1 * (s4 * s2_b));
    for (var l = 0u; l < s4; l = l + 1u) {
        let v0_load = b0_in[((_e74 + (j * s4)) + l)];
        let v0_load_b = b0_in[((_e74 + (j_b * s4)) + l)];
        let v0_load_c = b0_in[((_e74 + (j_c * s4)) + l)];
        let v0_load_d = b0_in[((_e74 + (j_d * s4)) + l)];
        let _e96 = (l * s3_b);
        let v1_load = b1_in[(_e96 + k)];
        let v1_load_b = b1_in[(_e96 + k_b)];
        let v1_load_c = b1_in[(_e96 + k_c)];
        let v1_load_d = b1_in[(_e96 + k_d)];
        let _e110 = sum_0a;
        sum_0a = (_e110 + (v0_load * v1_load));
        let _e113 = sum_0b;
        sum_0b = (_e113 + (v0_load * v1_load_b));
        let _e116 = sum_0c;
        sum_0c = (_e116 + (v0_load * v1_load_c));
        let _e119 = sum_0d;
        sum_0d = (_e119 + (v0_load * v1_load_d));
        let _e122 = sum_1a;
        sum_1a = (_e122 + (v0_load_b * v1_load));
        let _e125 = sum_1b;
        sum_1b = (_e125 + (v0_load_b * v1_load_b));
        let _e128 = sum_1c;
        sum_1c = (_e128 + (v0_load_b * v1_load_c));
        let _e131 = sum_1d;
        sum_1d = (_e131 + (v0_load_b * v1_load_d));
        let _e134 = sum_2a;
        sum_2a = (_e134 + (v0_load_c * v1_load));
        let _e137 = sum_2b;
        sum_2b = (_e137 + (v0_load_c * v1_load_b));
        let _e140 = sum_2c;
        sum_2c = (_e140 + (v0_load_c * v1_load_c));
        let _e143 = sum_2d;
        sum_2d = (_e143 + (v0_load_c * v1_load_d));
        let _e146 = sum_3a;
        sum_3a = (_e146 + (v0_load_d * v1_load));
        let _e149 = sum_3b;
        sum_3b = (_e149 + (v0_load_d * v1_load_b));
        let _e152 = sum_3c;
        sum_3c = (_e152 + (v0_load_d * v1_load_c));
        let _e155 = sum_3d;
        sum_3d = (_e155 + (v0_load_d * v1_load_d));
    }
    let _e160 = sum_0a;
    finish(batch_1, m_1, n_1, _e160);
    let _e161 = sum_0b;
    finish(batch_1, m_1, _e44, _e161);
    let _e162 = sum_0c;
    finish(batch_1, m_1, _e46, _e162);
    let _e163 = sum_0d;
    finish(batch_1, m_1, _e48, _e163);
    let _e164 = sum_1a;
    finish(batch_1, _e35, n_1, _e164);
    let _e165 = sum_1b;
    finish(batch_1, _e35, _e44, _e165);
    let _e166 = sum_1c;
    finish(batch_1, _e35, _e46, _e166);
    let _e167 = sum_1d;
    finish(batch_1, _e35, _e48, _e167);
    let _e168 = sum_2a;
    finish(batch_1, _e38, n_1, _e168);
    let _e169 = sum_2b;
    finish(batch_1, _e38, _e44, _e169);
    let _e170 = sum_2c;
    finish(batch_1, _e38, _e46, _e170);
    let _e171 = sum_2d;
    finish(batch_1, _e38, _e48, _e171);
    let _e172 = sum_3a;
    finish(batch_1, _e40, n_1, _e172);
    let _e173 = sum_3b;
    finish(batch_1, _e40, _e44, _e173);
    let _e174 = sum_3c;
    finish(batch_1, _e40, _e46, _e174);
    let _e175 = sum_3d;
    finish(batch_1, _e40, _e48, _e175);
}
