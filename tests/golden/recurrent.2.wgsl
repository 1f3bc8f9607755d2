struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<i32>;
@group(0) @binding(1)
var<storage> b1_in: array<vec4<f32>>;
@group(0) @binding(2)
var<storage> b2_in: array<vec4<f32>>;
@group(0) @binding(3)
var<storage> b3_in: array<vec4<f32>>;
@group(0) @binding(4)
var<storage, read_write> b4_out: array<vec4<f32>>;
@group(0) @binding(5)
var<storage, read_write> b5_out: array<vec4<f32>>;
@group(0) @binding(6)
var<uniform> uniforms: Uniforms;

fn float_to_int_vec(x: vec4<f32>) -> vec4<i32> {
    let _e5 = vec4(2147483600f);
    return select(select(select(vec4<i32>(select(vec4(0f), x, (abs(x) < _e5))), vec4(2147483647i), (_e5 <= x)), vec4(i32(-2147483648)), (x <= vec4(-2147483600f))), vec4(0i), (vec4(2139095040u) < (bitcast<vec4<u32>>(x) & vec4(2147483647u))));
}

fn tanh_vec(x_1: vec4<f32>) -> vec4<f32> {
    var constant: f32 = 0.5f;

    let _e1 = abs(x_1);
    let _e3 = vec4(10f);
    let _e5 = select(_e3, _e1, (_e1 < _e3));
    let _e6 = (_e5 + _e5);
    let _e8 = vec4(-105f);
    let _e10 = select(_e6, _e8, (_e6 < _e8));
    let _e12 = vec4(90f);
    let _e14 = select(_e10, _e12, (_e12 < _e10));
    let _e17 = (_e14 * vec4(1.442695f));
    let _e20 = constant;
    let _e24 = vec4(2147483648u);
    let _e30 = float_to_int_vec((_e17 + bitcast<vec4<f32>>((vec4(bitcast<u32>(_e20)) ^ (bitcast<vec4<u32>>(_e17) & _e24)))));
    let _e31 = vec4<f32>(_e30);
    let _e39 = ((_e14 - (_e31 * vec4(0.69314575f))) - (_e31 * vec4(0.0000014286068f)));
    let _e65 = vec4(1f);
    let _e69 = (_e30 + vec4(0i));
    let _e72 = (_e69 >> vec4(1u));
    let _e75 = vec4(127i);
    let _e79 = vec4(23u);
    let _e93 = (_e5 * _e5);
    let _e128 = bitcast<vec4<u32>>(x_1);
    return select(bitcast<vec4<f32>>((bitcast<vec4<u32>>(select((_e65 - (vec4(2f) / (((((_e39 + ((_e39 * _e39) * ((((((((((vec4(0.00019891269f) * _e39) + vec4(0.00139339f)) * _e39) + vec4(0.0083333105f)) * _e39) + vec4(0.041666463f)) * _e39) + vec4(0.16666667f)) * _e39) + vec4(0.5f)))) + _e65) * bitcast<vec4<f32>>((bitcast<vec4<u32>>((_e72 + _e75)) << _e79))) * bitcast<vec4<f32>>((bitcast<vec4<u32>>(((_e69 - _e72) + _e75)) << _e79))) + _e65))), (_e5 + ((_e5 * _e93) * ((((((((((((vec4(-0.0008519199f) * _e93) + vec4(0.0032950146f)) * _e93) + vec4(-0.008786444f)) * _e93) + vec4(0.02185905f)) * _e93) + vec4(-0.05396757f)) * _e93) + vec4(0.13333331f)) * _e93) + vec4(-0.33333334f)))), (_e5 < vec4(0.63f)))) ^ (_e128 & _e24))), x_1, (vec4(2139095040u) < (_e128 & vec4(2147483647u))));
}

fn finish(batch: u32, m: u32, quad: u32, sum: vec4<f32>) {
    let v3_load = b0_in[0u];
    let v7_less = (v3_load < 0i);
    let v8_add = (v3_load + 5i);
    let v9_where = select(v3_load, v8_add, v7_less);
    let v10_minimum = select(v9_where, 4i, (4i < v9_where));
    let v11_maximum = select(v10_minimum, 0i, (v10_minimum < 0i));
    let _e28 = (m * 2u);
    let v12_load = b1_in[((_e28 + (bitcast<u32>(v11_maximum) * 4u)) + quad)];
    let v13_add = (v12_load + sum);
    let v14_tanh = tanh_vec(v13_add);
    let _e38 = (_e28 + quad);
    b4_out[_e38] = v14_tanh;
    b5_out[_e38] = v13_add;
}

@compute @workgroup_size(64, 1, 1)
fn contract_gather_dot_add_tanh_barrier(@builtin(global_invocation_id) id: vec3<u32>) {
    var constant_b: u32 = 4u;
    var sum_0a: vec4<f32>;
    var sum_0b: vec4<f32>;
    var sum_1a: vec4<f32>;
    var sum_1b: vec4<f32>;

    let tile = id.x;
    if (tile >= 1u) {
        return;
    }
    let m_1 = (tile * 2u);
    let i = (m_1 + 1u);
    let _e10 = vec4<u32>(0u, 1u, 2u, 3u);
    let _e12 = constant_b;
    let _e16 = vec4(0f);
    sum_0a = _e16;
    sum_0b = _e16;
    sum_1a = _e16;
    sum_1b = _e16;
    for (var quad_k = 0u; quad_k < 2u; quad_k = quad_k + 1u) {
        let _e24 = (quad_k * 4u);
        let v0_load = b2_in[((m_1 * 2u) + quad_k)];
        let v0_load_b = b2_in[((i * 2u) + quad_k)];
        let _e37 = (_e24 * 2u);
        let v1_load = b3_in[_e37];
        let v1_load_b = b3_in[(_e37 + 1u)];
        let _e45 = vec4(v0_load.x);
        let _e47 = sum_0a;
        sum_0a = (_e47 + (_e45 * v1_load));
        let _e50 = sum_0b;
        sum_0b = (_e50 + (_e45 * v1_load_b));
        let _e52 = vec4(v0_load_b.x);
        let _e54 = sum_1a;
        sum_1a = (_e54 + (_e52 * v1_load));
        let _e57 = sum_1b;
        sum_1b = (_e57 + (_e52 * v1_load_b));
        let _e60 = ((_e24 + 1u) * 2u);
        let v1_load_c = b3_in[_e60];
        let v1_load_d = b3_in[(_e60 + 1u)];
        let _e68 = vec4(v0_load.y);
        let _e70 = sum_0a;
        sum_0a = (_e70 + (_e68 * v1_load_c));
        let _e73 = sum_0b;
        sum_0b = (_e73 + (_e68 * v1_load_d));
        let _e75 = vec4(v0_load_b.y);
        let _e77 = sum_1a;
        sum_1a = (_e77 + (_e75 * v1_load_c));
        let _e80 = sum_1b;
        sum_1b = (_e80 + (_e75 * v1_load_d));
        let _e83 = ((_e24 + 2u) * 2u);
        let v1_load_e = b3_in[_e83];
        let v1_load_f = b3_in[(_e83 + 1u)];
        let _e91 = vec4(v0_load.z);
        let _e93 = sum_0a;
        sum_0a = (_e93 + (_e91 * v1_load_e));
        let _e96 = sum_0b;
        sum_0b = (_e96 + (_e91 * v1_load_f));
        let _e98 = vec4(v0_load_b.z);
        let _e100 = sum_1a;
        sum_1a = (_e100 + (_e98 * v1_load_e));
        let _e103 = sum_1b;
        sum_1b = (_e103 + (_e98 * v1_load_f));
        let _e106 = ((_e24 + 3u) * 2u);
        let v1_load_g = b3_in[_e106];
        let v1_load_h = b3_in[(_e106 + 1u)];
        let _e114 = vec4(v0_load.w);
        let _e116 = sum_0a;
        sum_0a = (_e116 + (_e114 * v1_load_g));
        let _e119 = sum_0b;
        sum_0b = (_e119 + (_e114 * v1_load_h));
        let _e121 = vec4(v0_load_b.w);
        let _e123 = sum_1a;
        sum_1a = (_e123 + (_e121 * v1_load_g));
        let _e126 = sum_1b;
        sum_1b = (_e126 + (_e121 * v1_load_h));
    }
    let _e131 = sum_0a;
    finish(0u, m_1, 0u, _e131);
    let _e132 = sum_0b;
    finish(0u, m_1, 1u, _e132);
    let _e133 = sum_1a;
    finish(0u, i, 0u, _e133);
    let _e134 = sum_1b;
    finish(0u, i, 1u, _e134);
}
