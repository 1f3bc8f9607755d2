struct Uniforms {
    size: u32,
    c1: f32,
}

@group(0) @binding(0)
var<storage> b0_in: array<vec4<f32>>;
@group(0) @binding(1)
var<storage> b1_in: array<vec4<f32>>;
@group(0) @binding(2)
var<storage, read_write> b2_out: array<vec4<f32>>;
@group(0) @binding(3)
var<uniform> uniforms: Uniforms;

fn float_to_int_vec(x: vec4<f32>) -> vec4<i32> {
    let _e5 = vec4(2147483600f);
    return select(select(select(vec4<i32>(select(vec4(0f), x, (abs(x) < _e5))), vec4(2147483647i), (_e5 <= x)), vec4(i32(-2147483648)), (x <= vec4(-2147483600f))), vec4(0i), (vec4(2139095040u) < (bitcast<vec4<u32>>(x) & vec4(2147483647u))));
}

fn erf_vec(x_1: vec4<f32>) -> vec4<f32> {
    var constant: f32 = 0.5f;

    let _e1 = abs(x_1);
    let _e2 = (_e1 * _e1);
    let _e36 = vec4(4f);
    let _e38 = select(_e36, _e1, (_e1 < _e36));
    let _e81 = ((((((((((((((((((((vec4(bitcast<f32>(3005559942u)) * _e38) + vec4(0.00000089557943f)) * _e38) + vec4(-0.0000075019316f)) * _e38) + vec4(0.000007679802f)) * _e38) + vec4(0.00039549384f)) * _e38) + vec4(-0.0042582355f)) * _e38) + vec4(0.025581349f)) * _e38) + vec4(-0.10914642f)) * _e38) + vec4(-0.63248545f)) * _e38) + vec4(-1.1299661f)) * _e38) + vec4(0.00027284896f));
    let _e84 = vec4(-105f);
    let _e86 = select(_e81, _e84, (_e81 < _e84));
    let _e88 = vec4(90f);
    let _e90 = select(_e86, _e88, (_e88 < _e86));
    let _e93 = (_e90 * vec4(1.442695f));
    let _e96 = constant;
    let _e100 = vec4(2147483648u);
    let _e106 = float_to_int_vec((_e93 + bitcast<vec4<f32>>((vec4(bitcast<u32>(_e96)) ^ (bitcast<vec4<u32>>(_e93) & _e100)))));
    let _e107 = vec4<f32>(_e106);
    let _e115 = ((_e90 - (_e107 * vec4(0.69314575f))) - (_e107 * vec4(0.0000014286068f)));
    let _e140 = vec4(1f);
    let _e144 = (_e106 + vec4(0i));
    let _e147 = (_e144 >> vec4(1u));
    let _e150 = vec4(127i);
    let _e154 = vec4(23u);
    let _e167 = bitcast<vec4<u32>>(x_1);
    return select(bitcast<vec4<f32>>((bitcast<vec4<u32>>(select((_e140 - ((((_e115 + ((_e115 * _e115) * ((((((((((vec4(0.00019891269f) * _e115) + vec4(0.00139339f)) * _e115) + vec4(0.0083333105f)) * _e115) + vec4(0.041666463f)) * _e115) + vec4(0.16666667f)) * _e115) + vec4(0.5f)))) + _e140) * bitcast<vec4<f32>>((bitcast<vec4<u32>>((_e147 + _e150)) << _e154))) * bitcast<vec4<f32>>((bitcast<vec4<u32>>(((_e144 - _e147) + _e150)) << _e154)))), (_e1 + (_e1 * ((((((((((((((vec4(-0.000009666631f) * _e2) + vec4(0.00011265824f)) * _e2) + vec4(-0.00084840634f)) * _e2) + vec4(0.0052210307f)) * _e2) + vec4(-0.02686543f)) * _e2) + vec4(0.11283782f)) * _e2) + vec4(-0.37612638f)) * _e2) + vec4(0.12837917f)))), (_e1 < _e140))) ^ (_e167 & _e100))), x_1, (vec4(2139095040u) < (_e167 & vec4(2147483647u))));
}

@compute @workgroup_size(256, 1, 1)
fn map_mul_add_erf(@builtin(global_invocation_id) id: vec3<u32>) {
    let quad = id.x;
    let size = uniforms.size;
    if ((quad * 4u) >= size) {
        return;
    }
    let quad_j = (quad % 2u);
    let i = (quad / 2u);
    let _e20 = ((i * 2u) + quad_j);
    let v0_load = b0_in[_e20];
    let c1 = uniforms.c1;
    let v2_mul = (v0_load * vec4(c1));
    let v3_load = b1_in[quad_j];
    let v4_add = (v2_mul + v3_load);
    let v5_erf = erf_vec(v4_add);
    b2_out[_e20] = v5_erf;
}
