struct Uniforms {
    size: u32,
    c1: f32,
    c2: f32,
}

@group(0) @binding(0)
var<storage> b0_in: array<u32>;
@group(0) @binding(1)
var<storage> b1_in: array<vec4<f32>>;
@group(0) @binding(2)
var<storage, read_write> b2_out: array<vec4<f32>>;
@group(0) @binding(3)
var<uniform> uniforms: Uniforms;

fn threefry_vec(x: vec4<u32>, y: vec4<u32>, z: vec4<u32>) -> vec4<u32> {
    let _e6 = ((x ^ y) ^ vec4(466688986u));
    let _e7 = (z + y);
    let _e8 = (x + _e7);
    let _e11 = vec4(13u);
    let _e13 = vec4(19u);
    let _e16 = (((_e7 << _e11) | (_e7 >> _e13)) ^ _e8);
    let _e17 = (_e8 + _e16);
    let _e20 = vec4(15u);
    let _e22 = vec4(17u);
    let _e25 = (((_e16 << _e20) | (_e16 >> _e22)) ^ _e17);
    let _e26 = (_e17 + _e25);
    let _e29 = vec4(26u);
    let _e31 = vec4(6u);
    let _e34 = (((_e25 << _e29) | (_e25 >> _e31)) ^ _e26);
    let _e35 = (_e26 + _e34);
    let _e44 = (((((_e34 << _e31) | (_e34 >> _e29)) ^ _e35) + _e6) + vec4(1u));
    let _e45 = ((_e35 + y) + _e44);
    let _e49 = (((_e44 << _e22) | (_e44 >> _e20)) ^ _e45);
    let _e50 = (_e45 + _e49);
    let _e53 = vec4(29u);
    let _e55 = vec4(3u);
    let _e58 = (((_e49 << _e53) | (_e49 >> _e55)) ^ _e50);
    let _e59 = (_e50 + _e58);
    let _e61 = vec4(16u);
    let _e65 = (((_e58 << _e61) | (_e58 >> _e61)) ^ _e59);
    let _e66 = (_e59 + _e65);
    let _e69 = vec4(24u);
    let _e71 = vec4(8u);
    let _e79 = (((((_e65 << _e69) | (_e65 >> _e71)) ^ _e66) + x) + vec4(2u));
    let _e80 = ((_e66 + _e6) + _e79);
    let _e84 = (((_e79 << _e11) | (_e79 >> _e13)) ^ _e80);
    let _e85 = (_e80 + _e84);
    let _e89 = (((_e84 << _e20) | (_e84 >> _e22)) ^ _e85);
    let _e90 = (_e85 + _e89);
    let _e94 = (((_e89 << _e29) | (_e89 >> _e31)) ^ _e90);
    let _e95 = (_e90 + _e94);
    let _e102 = (((((_e94 << _e31) | (_e94 >> _e29)) ^ _e95) + y) + _e55);
    let _e103 = ((_e95 + x) + _e102);
    let _e107 = (((_e102 << _e22) | (_e102 >> _e20)) ^ _e103);
    let _e108 = (_e103 + _e107);
    let _e112 = (((_e107 << _e53) | (_e107 >> _e55)) ^ _e108);
    let _e113 = (_e108 + _e112);
    let _e117 = (((_e112 << _e61) | (_e112 >> _e61)) ^ _e113);
    let _e118 = (_e113 + _e117);
    let _e127 = (((((_e117 << _e69) | (_e117 >> _e71)) ^ _e118) + _e6) + vec4(4u));
    let _e128 = ((_e118 + y) + _e127);
    let _e132 = (((_e127 << _e11) | (_e127 >> _e13)) ^ _e128);
    let _e133 = (_e128 + _e132);
    let _e137 = (((_e132 << _e20) | (_e132 >> _e22)) ^ _e133);
    let _e138 = (_e133 + _e137);
    let _e142 = (((_e137 << _e29) | (_e137 >> _e31)) ^ _e138);
    let _e143 = (_e138 + _e142);
    return ((_e143 + _e6) ^ (((((_e142 << _e31) | (_e142 >> _e29)) ^ _e143) + x) + vec4(5u)));
}

@compute @workgroup_size(256, 1, 1)
fn map_randomBits_rightShift_astype_mul_less_etc(@builtin(global_invocation_id) id: vec3<u32>) {
    var constant: u32 = 9u;

    let quad = id.x;
    let size = uniforms.size;
    let _e6 = (quad * 4u);
    if (_e6 >= size) {
        return;
    }
    let v0_load = b0_in[0u];
    let v1_load = b0_in[1u];
    let v2_index = bitcast<vec4<i32>>((vec4(_e6) + vec4<u32>(0u, 1u, 2u, 3u)));
    let v3_uint32 = bitcast<vec4<u32>>(v2_index);
    let v4_bits = threefry_vec(vec4(v0_load), vec4(v1_load), v3_uint32);
    let _e28 = constant;
    let v6_rightShift = select(vec4(0u), (v4_bits >> vec4((_e28 & 31u))), vec4((_e28 < 32u)));
    let v7_float32 = vec4<f32>(v6_rightShift);
    let c1 = uniforms.c1;
    let v9_mul = (v7_float32 * vec4(c1));
    let c2 = uniforms.c2;
    let _e44 = vec4(c2);
    let v11_less = ((v9_mul < _e44) & !(((vec4(2139095040u) < (bitcast<vec4<u32>>(v9_mul) & vec4(2147483647u))) | vec4((2139095040u < (bitcast<u32>(c2) & 2147483647u))))));
    let v12_load = b1_in[quad];
    let v13_div = (v12_load / _e44);
    let v15_where = select(vec4(0f), v13_div, v11_less);
    b2_out[quad] = v15_where;
}
