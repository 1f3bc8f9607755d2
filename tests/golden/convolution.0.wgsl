struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<vec4<f32>>;
@group(0) @binding(1)
var<storage> b1_in: array<f32>;
@group(0) @binding(2)
var<storage> b2_in: array<f32>;
@group(0) @binding(3)
var<storage, read_write> b3_out: array<vec4<f32>>;
@group(0) @binding(4)
var<uniform> uniforms: Uniforms;

fn finish(batch: u32, m: u32, quad: u32, sum: vec4<f32>) {
    var constant: f32 = 0f;

    let k = (m % 10u);
    let _e8 = (m / 10u);
    let j = (_e8 % 12u);
    let i = (_e8 / 12u);
    let v9_load = b0_in[quad];
    let v10_add = (sum + v9_load);
    let _e24 = vec4(0f);
    let _e29 = constant;
    let v12_maximum = select(select(select(v10_add, _e24, (v10_add < _e24)), _e24, vec4((2139095040u < (bitcast<u32>(_e29) & 2147483647u)))), v10_add, (vec4(2139095040u) < (bitcast<vec4<u32>>(v10_add) & vec4(2147483647u))));
    b3_out[((((i * 240u) + (j * 20u)) + (k * 2u)) + quad)] = v12_maximum;
}

@compute @workgroup_size(64, 1, 1)
fn contract_dot_add_maximum(@builtin(global_invocation_id) id: vec3<u32>) {
    var constant_b: u32 = 4u;
    var sum_0a: vec4<f32>;
    var sum_0b: vec4<f32>;
    var sum_1a: vec4<f32>;
    var sum_1b: vec4<f32>;
    var sum_2a: vec4<f32>;
    var sum_2b: vec4<f32>;
    var sum_3a: vec4<f32>;
    var sum_3b: vec4<f32>;

    let tile = id.x;
    if (tile >= 60u) {
        return;
    }
    let m_1 = (tile * 4u);
    let k_b = (m_1 % 10u);
    let _e10 = (m_1 / 10u);
    let j_b = (_e10 % 12u);
    let i_b = (_e10 / 12u);
    let _e15 = (m_1 + 1u);
    let k_c = (_e15 % 10u);
    let _e17 = (_e15 / 10u);
    let j_c = (_e17 % 12u);
    let i_c = (_e17 / 12u);
    let _e20 = (m_1 + 2u);
    let k_d = (_e20 % 10u);
    let _e22 = (_e20 / 10u);
    let j_d = (_e22 % 12u);
    let i_d = (_e22 / 12u);
    let _e26 = (m_1 + 3u);
    let k_e = (_e26 % 10u);
    let _e28 = (_e26 / 10u);
    let j_e = (_e28 % 12u);
    let i_e = (_e28 / 12u);
    let _e33 = constant_b;
    let _e37 = vec4(0f);
    sum_0a = _e37;
    sum_0b = _e37;
    sum_1a = _e37;
    sum_1b = _e37;
    sum_2a = _e37;
    sum_2b = _e37;
    sum_3a = _e37;
    sum_3b = _e37;
    for (var p = 0u; p < 3u; p = p + 1u) {
        let _e60 = (j_b + p);
        let _e87 = bitcast<i32>(_e60);
        let v2_inside = ((1i <= _e87) & (_e87 < 13i));
        let _e102 = (j_c + p);
        let _e124 = bitcast<i32>(_e102);
        let v2_inside_b = ((1i <= _e124) & (_e124 < 13i));
        let _e136 = (j_d + p);
        let _e158 = bitcast<i32>(_e136);
        let v2_inside_c = ((1i <= _e158) & (_e158 < 13i));
        let _e170 = (j_e + p);
        let _e192 = bitcast<i32>(_e170);
        let v2_inside_d = ((1i <= _e192) & (_e192 < 13i));
        let _e204 = (p * 12u);
        for (var q = 0u; q < 3u; q = q + 1u) {
            let _e73 = (k_b + q);
            let _e95 = bitcast<i32>(_e73);
            let v5_inside = ((1i <= _e95) & (_e95 < 11i));
            let _e112 = (k_c + q);
            let _e129 = bitcast<i32>(_e112);
            let v5_inside_b = ((1i <= _e129) & (_e129 < 11i));
            let _e146 = (k_d + q);
            let _e163 = bitcast<i32>(_e146);
            let v5_inside_c = ((1i <= _e163) & (_e163 < 11i));
            let _e180 = (k_e + q);
            let _e197 = bitcast<i32>(_e180);
            let v5_inside_d = ((1i <= _e197) & (_e197 < 11i));
            let _e205 = (q * 4u);
            for (var r = 0u; r < 4u; r = r + 1u) {
                let v0_load = b1_in[((((i_b * 480u) + r) + (bitcast<u32>(max(bitcast<i32>(bitcast<u32>(min(bitcast<i32>((_e60 - 1u)), 11i))), 0i)) * 40u)) + (bitcast<u32>(max(bitcast<i32>(bitcast<u32>(min(bitcast<i32>((_e73 - 1u)), 9i))), 0i)) * 4u))];
                let v3_where = select(0f, v0_load, v2_inside);
                let v6_where = select(0f, v3_where, v5_inside);
                let v0_load_b = b1_in[((((i_c * 480u) + r) + (bitcast<u32>(max(bitcast<i32>(bitcast<u32>(min(bitcast<i32>((_e102 - 1u)), 11i))), 0i)) * 40u)) + (bitcast<u32>(max(bitcast<i32>(bitcast<u32>(min(bitcast<i32>((_e112 - 1u)), 9i))), 0i)) * 4u))];
                let v3_where_b = select(0f, v0_load_b, v2_inside_b);
                let v6_where_b = select(0f, v3_where_b, v5_inside_b);
                let v0_load_c = b1_in[((((i_d * 480u) + r) + (bitcast<u32>(max(bitcast<i32>(bitcast<u32>(min(bitcast<i32>((_e136 - 1u)), 11i))), 0i)) * 40u)) + (bitcast<u32>(max(bitcast<i32>(bitcast<u32>(min(bitcast<i32>((_e146 - 1u)), 9i))), 0i)) * 4u))];
                let v3_where_c = select(0f, v0_load_c, v2_inside_c);
                let v6_where_c = select(0f, v3_where_c, v5_inside_c);
                let v0_load_d = b1_in[((((i_e * 480u) + r) + (bitcast<u32>(max(bitcast<i32>(bitcast<u32>(min(bitcast<i32>((_e170 - 1u)), 11i))), 0i)) * 40u)) + (bitcast<u32>(max(bitcast<i32>(bitcast<u32>(min(bitcast<i32>((_e180 - 1u)), 9i))), 0i)) * 4u))];
                let v3_where_d = select(0f, v0_load_d, v2_inside_d);
                let v6_where_d = select(0f, v3_where_d, v5_inside_d);
                let _e207 = ((_e204 + _e205) + r);
                let _e214 = b2_in[_e207];
                let _e216 = b2_in[(_e207 + 36u)];
                let _e218 = b2_in[(_e207 + 72u)];
                let _e220 = b2_in[(_e207 + 108u)];
                let v7_load = vec4<f32>(_e214, _e216, _e218, _e220);
                let _e225 = (((144u + _e204) + _e205) + r);
                let _e230 = b2_in[_e225];
                let _e232 = b2_in[(_e225 + 36u)];
                let _e234 = b2_in[(_e225 + 72u)];
                let _e236 = b2_in[(_e225 + 108u)];
                let v7_load_b = vec4<f32>(_e230, _e232, _e234, _e236);
                let _e238 = vec4(v6_where);
                let _e240 = sum_0a;
                sum_0a = (_e240 + (_e238 * v7_load));
                let _e243 = sum_0b;
                sum_0b = (_e243 + (_e238 * v7_load_b));
                let _e245 = vec4(v6_where_b);
                let _e247 = sum_1a;
                sum_1a = (_e247 + (_e245 * v7_load));
                let _e250 = sum_1b;
                sum_1b = (_e250 + (_e245 * v7_load_b));
                let _e252 = vec4(v6_where_c);
                let _e254 = sum_2a;
                sum_2a = (_e254 + (_e252 * v7_load));
                let _e257 = sum_2b;
                sum_2b = (_e257 + (_e252 * v7_load_b));
                let _e259 = vec4(v6_where_d);
                let _e261 = sum_3a;
                sum_3a = (_e261 + (_e259 * v7_load));
                let _e264 = sum_3b;
                sum_3b = (_e264 + (_e259 * v7_load_b));
            }
        }
    }
    let _e275 = sum_0a;
    finish(0u, m_1, 0u, _e275);
    let _e276 = sum_0b;
    finish(0u, m_1, 1u, _e276);
    let _e277 = sum_1a;
    finish(0u, _e15, 0u, _e277);
    let _e278 = sum_1b;
    finish(0u, _e15, 1u, _e278);
    let _e279 = sum_2a;
    finish(0u, _e20, 0u, _e279);
    let _e280 = sum_2b;
    finish(0u, _e20, 1u, _e280);
    let _e281 = sum_3a;
    finish(0u, _e26, 0u, _e281);
    let _e282 = sum_3b;
    finish(0u, _e26, 1u, _e282);
}
