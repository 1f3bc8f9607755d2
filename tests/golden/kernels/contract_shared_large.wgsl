struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<f32>;
@group(0) @binding(1)
var<storage> b1_in: array<f32>;
@group(0) @binding(2)
var<storage> b2_in: array<vec4<f32>>;
@group(0) @binding(3)
var<storage, read_write> b3_out: array<vec4<f32>>;
@group(0) @binding(4)
var<uniform> uniforms: Uniforms;
var<workgroup> left_tile: array<vec4<f32>, 264>;
var<workgroup> right_tile: array<vec4<f32>, 256>;

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
    let v3_load = b2_in[quad];
    let v4_add = (sum + v3_load);
    let v5_tanh = tanh_vec(v4_add);
    b3_out[((m * 1024u) + quad)] = v5_tanh;
}

@compute @workgroup_size(256, 1, 1)
fn contract_matmul_add_tanh(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var sum_0a: vec4<f32>;
    var sum_0b: vec4<f32>;
    var sum_1a: vec4<f32>;
    var sum_1b: vec4<f32>;
    var sum_2a: vec4<f32>;
    var sum_2b: vec4<f32>;
    var sum_3a: vec4<f32>;
    var sum_3b: vec4<f32>;
    var sum_4a: vec4<f32>;
    var sum_4b: vec4<f32>;
    var sum_5a: vec4<f32>;
    var sum_5b: vec4<f32>;
    var sum_6a: vec4<f32>;
    var sum_6b: vec4<f32>;
    var sum_7a: vec4<f32>;
    var sum_7b: vec4<f32>;

    let tile = group.x;
    if (tile >= 512u) {
        return;
    }
    let _e12 = (lane % 8u);
    let _e13 = (lane / 8u);
    let _e14 = ((tile / 32u) * 32u);
    let _e15 = ((tile % 32u) * 32u);
    let j = ((_e14 + _e13) * 4u);
    let j_b = (j + 1u);
    let j_c = (j + 2u);
    let j_d = (j + 3u);
    let _e26 = ((_e15 + _e13) * 4u);
    let _e31 = vec4(0f);
    sum_0a = _e31;
    sum_0b = _e31;
    sum_1a = _e31;
    sum_1b = _e31;
    sum_2a = _e31;
    sum_2b = _e31;
    sum_3a = _e31;
    sum_3b = _e31;
    sum_4a = _e31;
    sum_4b = _e31;
    sum_5a = _e31;
    sum_5b = _e31;
    sum_6a = _e31;
    sum_6b = _e31;
    sum_7a = _e31;
    sum_7b = _e31;
    let _e96 = (lane % 16u);
    let _e97 = (lane / 16u);
    for (var k = 0u; k < 512u; k = k + 8u) {
        let l = (k + _e12);
        let v0_load = b0_in[((j * 512u) + l)];
        let v0_load_b = b0_in[((j_b * 512u) + l)];
        let v0_load_c = b0_in[((j_c * 512u) + l)];
        let v0_load_d = b0_in[((j_d * 512u) + l)];
        left_tile[((_e12 * 33u) + _e13)] = vec4<f32>(v0_load, v0_load_b, v0_load_c, v0_load_d);
        let _e77 = ((_e26 * 512u) + l);
        let _e84 = b1_in[_e77];
        let _e86 = b1_in[(_e77 + 512u)];
        let _e88 = b1_in[(_e77 + 1024u)];
        let _e90 = b1_in[(_e77 + 1536u)];
        let v1_load = vec4<f32>(_e84, _e86, _e88, _e90);
        right_tile[((_e12 * 32u) + _e13)] = v1_load;
        workgroupBarrier();
        for (var inner = 0u; inner < 8u; inner = inner + 1u) {
            let _e101 = (inner * 33u);
            let _e104 = left_tile[(_e101 + _e97)];
            let _e112 = left_tile[(_e101 + (_e97 + 16u))];
            let _e117 = (inner * 32u);
            let _e120 = right_tile[(_e117 + _e96)];
            let _e124 = right_tile[(_e117 + (_e96 + 16u))];
            let _e125 = vec4(_e104.x);
            let _e127 = sum_0a;
            sum_0a = (_e127 + (_e125 * _e120));
            let _e130 = sum_0b;
            sum_0b = (_e130 + (_e125 * _e124));
            let _e132 = vec4(_e104.y);
            let _e134 = sum_1a;
            sum_1a = (_e134 + (_e132 * _e120));
            let _e137 = sum_1b;
            sum_1b = (_e137 + (_e132 * _e124));
            let _e139 = vec4(_e104.z);
            let _e141 = sum_2a;
            sum_2a = (_e141 + (_e139 * _e120));
            let _e144 = sum_2b;
            sum_2b = (_e144 + (_e139 * _e124));
            let _e146 = vec4(_e104.w);
            let _e148 = sum_3a;
            sum_3a = (_e148 + (_e146 * _e120));
            let _e151 = sum_3b;
            sum_3b = (_e151 + (_e146 * _e124));
            let _e153 = vec4(_e112.x);
            let _e155 = sum_4a;
            sum_4a = (_e155 + (_e153 * _e120));
            let _e158 = sum_4b;
            sum_4b = (_e158 + (_e153 * _e124));
            let _e160 = vec4(_e112.y);
            let _e162 = sum_5a;
            sum_5a = (_e162 + (_e160 * _e120));
            let _e165 = sum_5b;
            sum_5b = (_e165 + (_e160 * _e124));
            let _e167 = vec4(_e112.z);
            let _e169 = sum_6a;
            sum_6a = (_e169 + (_e167 * _e120));
            let _e172 = sum_6b;
            sum_6b = (_e172 + (_e167 * _e124));
            let _e174 = vec4(_e112.w);
            let _e176 = sum_7a;
            sum_7a = (_e176 + (_e174 * _e120));
            let _e179 = sum_7b;
            sum_7b = (_e179 + (_e174 * _e124));
        }
        workgroupBarrier();
    }
    let _e187 = (_e14 + _e97);
    let _e188 = (_e15 + _e96);
    let _e189 = (_e187 * 4u);
    let _e190 = sum_0a;
    finish(0u, _e189, _e188, _e190);
    let _e191 = (_e188 + 16u);
    let _e192 = sum_0b;
    finish(0u, _e189, _e191, _e192);
    let _e193 = (_e189 + 1u);
    let _e194 = sum_1a;
    finish(0u, _e193, _e188, _e194);
    let _e195 = sum_1b;
    finish(0u, _e193, _e191, _e195);
    let _e196 = (_e189 + 2u);
    let _e197 = sum_2a;
    finish(0u, _e196, _e188, _e197);
    let _e198 = sum_2b;
    finish(0u, _e196, _e191, _e198);
    let _e199 = (_e189 + 3u);
    let _e200 = sum_3a;
    finish(0u, _e199, _e188, _e200);
    let _e201 = sum_3b;
    finish(0u, _e199, _e191, _e201);
    let _e203 = ((_e187 + 16u) * 4u);
    let _e204 = sum_4a;
    finish(0u, _e203, _e188, _e204);
    let _e205 = sum_4b;
    finish(0u, _e203, _e191, _e205);
    let _e206 = (_e203 + 1u);
    let _e207 = sum_5a;
    finish(0u, _e206, _e188, _e207);
    let _e208 = sum_5b;
    finish(0u, _e206, _e191, _e208);
    let _e209 = (_e203 + 2u);
    let _e210 = sum_6a;
    finish(0u, _e209, _e188, _e210);
    let _e211 = sum_6b;
    finish(0u, _e209, _e191, _e211);
    let _e212 = (_e203 + 3u);
    let _e213 = sum_7a;
    finish(0u, _e212, _e188, _e213);
    let _e214 = sum_7b;
    finish(0u, _e212, _e191, _e214);
}
