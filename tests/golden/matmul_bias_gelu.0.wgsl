struct Uniforms {
    size: u32,
    c1: f32,
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

fn erf(x_1: f32) -> f32 {
    var constant: f32 = 0.5f;

    let _e1 = abs(x_1);
    let _e2 = (_e1 * _e1);
    let _e29 = select(4f, _e1, (_e1 < 4f));
    let _e61 = ((((((((((((((((((((bitcast<f32>(3005559942u) * _e29) + 0.00000089557943f) * _e29) + -0.0000075019316f) * _e29) + 0.000007679802f) * _e29) + 0.00039549384f) * _e29) + -0.0042582355f) * _e29) + 0.025581349f) * _e29) + -0.10914642f) * _e29) + -0.63248545f) * _e29) + -1.1299661f) * _e29) + 0.00027284896f);
    let _e65 = select(_e61, -105f, (_e61 < -105f));
    let _e68 = select(_e65, 90f, (90f < _e65));
    let _e70 = (_e68 * 1.442695f);
    let _e73 = constant;
    let _e81 = float_to_int((_e70 + bitcast<f32>((bitcast<u32>(_e73) ^ (bitcast<u32>(_e70) & 2147483648u)))));
    let _e82 = f32(_e81);
    let _e88 = ((_e68 - (_e82 * 0.69314575f)) - (_e82 * 0.0000014286068f));
    let _e109 = (_e81 + 0i);
    let _e111 = (_e109 >> 1u);
    let _e129 = bitcast<u32>(x_1);
    return select(bitcast<f32>((bitcast<u32>(select((1f - ((((_e88 + ((_e88 * _e88) * ((((((((((0.00019891269f * _e88) + 0.00139339f) * _e88) + 0.0083333105f) * _e88) + 0.041666463f) * _e88) + 0.16666667f) * _e88) + 0.5f))) + 1f) * bitcast<f32>((bitcast<u32>((_e111 + 127i)) << 23u))) * bitcast<f32>((bitcast<u32>(((_e109 - _e111) + 127i)) << 23u)))), (_e1 + (_e1 * ((((((((((((((-0.000009666631f * _e2) + 0.00011265824f) * _e2) + -0.00084840634f) * _e2) + 0.0052210307f) * _e2) + -0.02686543f) * _e2) + 0.11283782f) * _e2) + -0.37612638f) * _e2) + 0.12837917f))), (_e1 < 1f))) ^ (_e129 & 2147483648u))), x_1, (2139095040u < (_e129 & 2147483647u)));
}

fn finish(batch: u32, m: u32, n: u32, sum: f32) {
    if (m >= 37u) {
        return;
    }
    if (n >= 29u) {
        return;
    }
    let v3_load = b0_in[n];
    let v4_add = (sum + v3_load);
    let c1 = uniforms.c1;
    let v6_div = (v4_add / c1);
    let v7_erf = erf(v6_div);
    let v9_add = (v7_erf + 1f);
    let v10_mul = (v4_add * v9_add);
    b3_out[((m * 29u) + n)] = v10_mul;
}

@compute @workgroup_size(64, 1, 1)
fn contract_dot_add_div_erf_add_etc(@builtin(global_invocation_id) id: vec3<u32>) {
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

    let tile = id.x;
    if (tile >= 80u) {
        return;
    }
    let m_1 = ((tile / 8u) * 4u);
    let n_1 = ((tile % 8u) * 4u);
    let i = min(m_1, 36u);
    let _e14 = (m_1 + 1u);
    let i_b = min(_e14, 36u);
    let _e17 = (m_1 + 2u);
    let i_c = min(_e17, 36u);
    let _e20 = (m_1 + 3u);
    let i_d = min(_e20, 36u);
    let j = min(n_1, 28u);
    let _e24 = (n_1 + 1u);
    let j_b = min(_e24, 28u);
    let _e26 = (n_1 + 2u);
    let j_c = min(_e26, 28u);
    let _e28 = (n_1 + 3u);
    let j_d = min(_e28, 28u);
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
    for (var k = 0u; k < 50u; k = k + 1u) {
        let v0_load = b1_in[((i * 50u) + k)];
        let v0_load_b = b1_in[((i_b * 50u) + k)];
        let v0_load_c = b1_in[((i_c * 50u) + k)];
        let v0_load_d = b1_in[((i_d * 50u) + k)];
        let _e70 = (k * 29u);
        let v1_load = b2_in[(j + _e70)];
        let v1_load_b = b2_in[(j_b + _e70)];
        let v1_load_c = b2_in[(j_c + _e70)];
        let v1_load_d = b2_in[(j_d + _e70)];
        let _e84 = sum_0a;
        sum_0a = (_e84 + (v0_load * v1_load));
        let _e87 = sum_0b;
        sum_0b = (_e87 + (v0_load * v1_load_b));
        let _e90 = sum_0c;
        sum_0c = (_e90 + (v0_load * v1_load_c));
        let _e93 = sum_0d;
        sum_0d = (_e93 + (v0_load * v1_load_d));
        let _e96 = sum_1a;
        sum_1a = (_e96 + (v0_load_b * v1_load));
        let _e99 = sum_1b;
        sum_1b = (_e99 + (v0_load_b * v1_load_b));
        let _e102 = sum_1c;
        sum_1c = (_e102 + (v0_load_b * v1_load_c));
        let _e105 = sum_1d;
        sum_1d = (_e105 + (v0_load_b * v1_load_d));
        let _e108 = sum_2a;
        sum_2a = (_e108 + (v0_load_c * v1_load));
        let _e111 = sum_2b;
        sum_2b = (_e111 + (v0_load_c * v1_load_b));
        let _e114 = sum_2c;
        sum_2c = (_e114 + (v0_load_c * v1_load_c));
        let _e117 = sum_2d;
        sum_2d = (_e117 + (v0_load_c * v1_load_d));
        let _e120 = sum_3a;
        sum_3a = (_e120 + (v0_load_d * v1_load));
        let _e123 = sum_3b;
        sum_3b = (_e123 + (v0_load_d * v1_load_b));
        let _e126 = sum_3c;
        sum_3c = (_e126 + (v0_load_d * v1_load_c));
        let _e129 = sum_3d;
        sum_3d = (_e129 + (v0_load_d * v1_load_d));
    }
    let _e134 = sum_0a;
    finish(0u, m_1, n_1, _e134);
    let _e135 = sum_0b;
    finish(0u, m_1, _e24, _e135);
    let _e136 = sum_0c;
    finish(0u, m_1, _e26, _e136);
    let _e137 = sum_0d;
    finish(0u, m_1, _e28, _e137);
    let _e138 = sum_1a;
    finish(0u, _e14, n_1, _e138);
    let _e139 = sum_1b;
    finish(0u, _e14, _e24, _e139);
    let _e140 = sum_1c;
    finish(0u, _e14, _e26, _e140);
    let _e141 = sum_1d;
    finish(0u, _e14, _e28, _e141);
    let _e142 = sum_2a;
    finish(0u, _e17, n_1, _e142);
    let _e143 = sum_2b;
    finish(0u, _e17, _e24, _e143);
    let _e144 = sum_2c;
    finish(0u, _e17, _e26, _e144);
    let _e145 = sum_2d;
    finish(0u, _e17, _e28, _e145);
    let _e146 = sum_3a;
    finish(0u, _e20, n_1, _e146);
    let _e147 = sum_3b;
    finish(0u, _e20, _e24, _e147);
    let _e148 = sum_3c;
    finish(0u, _e20, _e26, _e148);
    let _e149 = sum_3d;
    finish(0u, _e20, _e28, _e149);
}
