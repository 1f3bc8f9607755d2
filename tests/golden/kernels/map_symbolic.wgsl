struct Uniforms {
    size: u32,
    s1: u32,
    s2: u32,
    c3: f32,
}

@group(0) @binding(0)
var<storage> b0_in: array<f32>;
@group(0) @binding(1)
var<storage> b1_in: array<f32>;
@group(0) @binding(2)
var<storage, read_write> b2_out: array<f32>;
@group(0) @binding(3)
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

@compute @workgroup_size(256, 1, 1)
fn map_mul_add_erf(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let index = ((id.y * (groups.x * 256u)) + id.x);
    let size = uniforms.size;
    if (index >= size) {
        return;
    }
    let s2 = uniforms.s2;
    let j = (index % s2);
    let i = (index / s2);
    let _e20 = ((i * s2) + j);
    let v0_load = b0_in[_e20];
    let c3 = uniforms.c3;
    let v2_mul = (v0_load * c3);
    let v3_load = b1_in[j];
    let v4_add = (v2_mul + v3_load);
    let v5_erf = erf(v4_add);
    b2_out[_e20] = v5_erf;
}
