struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<vec4<f32>>;
@group(0) @binding(1)
var<storage> b1_in: array<vec4<f32>>;
@group(0) @binding(2)
var<storage, read_write> b2_out: array<vec4<f32>>;
@group(0) @binding(3)
var<storage, read_write> b3_out: array<vec4<f32>>;
@group(0) @binding(4)
var<uniform> uniforms: Uniforms;

fn float_to_int_vec(x: vec4<f32>) -> vec4<i32> {
    let _e5 = vec4(2147483600f);
    return select(select(select(vec4<i32>(select(vec4(0f), x, (abs(x) < _e5))), vec4(2147483647i), (_e5 <= x)), vec4(i32(-2147483648)), (x <= vec4(-2147483600f))), vec4(0i), (vec4(2139095040u) < (bitcast<vec4<u32>>(x) & vec4(2147483647u))));
}

fn exp_vec(x_1: vec4<f32>) -> vec4<f32> {
    var constant: f32 = 0.5f;

    let _e2 = vec4(-105f);
    let _e4 = select(x_1, _e2, (x_1 < _e2));
    let _e6 = vec4(90f);
    let _e8 = select(_e4, _e6, (_e6 < _e4));
    let _e11 = (_e8 * vec4(1.442695f));
    let _e14 = constant;
    let _e24 = float_to_int_vec((_e11 + bitcast<vec4<f32>>((vec4(bitcast<u32>(_e14)) ^ (bitcast<vec4<u32>>(_e11) & vec4(2147483648u))))));
    let _e25 = vec4<f32>(_e24);
    let _e33 = ((_e8 - (_e25 * vec4(0.69314575f))) - (_e25 * vec4(0.0000014286068f)));
    let _e63 = (_e24 + vec4(0i));
    let _e66 = (_e63 >> vec4(1u));
    let _e69 = vec4(127i);
    let _e73 = vec4(23u);
    return select(((((_e33 + ((_e33 * _e33) * ((((((((((vec4(0.00019891269f) * _e33) + vec4(0.00139339f)) * _e33) + vec4(0.0083333105f)) * _e33) + vec4(0.041666463f)) * _e33) + vec4(0.16666667f)) * _e33) + vec4(0.5f)))) + vec4(1f)) * bitcast<vec4<f32>>((bitcast<vec4<u32>>((_e66 + _e69)) << _e73))) * bitcast<vec4<f32>>((bitcast<vec4<u32>>(((_e63 - _e66) + _e69)) << _e73))), x_1, (vec4(2139095040u) < (bitcast<vec4<u32>>(x_1) & vec4(2147483647u))));
}

@compute @workgroup_size(256, 1, 1)
fn map_exp_barrier(@builtin(global_invocation_id) id: vec3<u32>) {
    let place = id.x;
    if (place < 20u) {
        let v0_load = b0_in[place];
        let v1_exp = exp_vec(v0_load);
        b2_out[place] = v1_exp;
    }
    let quad = (place - 256u);
    if (quad < 4u) {
        let v2_load = b1_in[quad];
        b3_out[quad] = v2_load;
    }
}
