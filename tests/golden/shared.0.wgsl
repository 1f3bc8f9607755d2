struct Uniforms {
    size: u32,
    c1: f32,
}

@group(0) @binding(0)
var<storage> b0_in: array<f32>;
@group(0) @binding(1)
var<storage, read_write> b1_out: array<f32>;
@group(0) @binding(2)
var<storage, read_write> b2_out: array<f32>;
@group(0) @binding(3)
var<uniform> uniforms: Uniforms;

fn float_to_int(x: f32) -> i32 {
    return select(select(select(i32(select(0f, x, (abs(x) < 2147483600f))), 2147483647i, (2147483600f <= x)), i32(-2147483648), (x <= -2147483600f)), 0i, (2139095040u < (bitcast<u32>(x) & 2147483647u)));
}

fn exp_(x_1: f32) -> f32 {
    var constant: f32 = 0.5f;

    let _e3 = select(x_1, -105f, (x_1 < -105f));
    let _e6 = select(_e3, 90f, (90f < _e3));
    let _e8 = (_e6 * 1.442695f);
    let _e11 = constant;
    let _e19 = float_to_int((_e8 + bitcast<f32>((bitcast<u32>(_e11) ^ (bitcast<u32>(_e8) & 2147483648u)))));
    let _e20 = f32(_e19);
    let _e26 = ((_e6 - (_e20 * 0.69314575f)) - (_e20 * 0.0000014286068f));
    let _e48 = (_e19 + 0i);
    let _e50 = (_e48 >> 1u);
    return select(((((_e26 + ((_e26 * _e26) * ((((((((((0.00019891269f * _e26) + 0.00139339f) * _e26) + 0.0083333105f) * _e26) + 0.041666463f) * _e26) + 0.16666667f) * _e26) + 0.5f))) + 1f) * bitcast<f32>((bitcast<u32>((_e50 + 127i)) << 23u))) * bitcast<f32>((bitcast<u32>(((_e48 - _e50) + 127i)) << 23u))), x_1, (2139095040u < (bitcast<u32>(x_1) & 2147483647u)));
}

@compute @workgroup_size(256, 1, 1)
fn map_exp_mul(@builtin(global_invocation_id) id: vec3<u32>) {
    let index = id.x;
    let size = uniforms.size;
    if (index >= size) {
        return;
    }
    let v0_load = b0_in[index];
    let v1_exp = exp_(v0_load);
    let c1 = uniforms.c1;
    let v3_mul = (v1_exp * c1);
    let v5_mul = (v1_exp * 2f);
    b1_out[index] = v3_mul;
    b2_out[index] = v5_mul;
}
