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
var<workgroup> left_tile: array<vec4<f32>, 272>;
var<workgroup> right_tile: array<vec4<f32>, 256>;

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

@compute @workgroup_size(256, 1, 1)
fn contract_matmul_add_tanh(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var sum_0a: vec4<f32>;
    var sum_1a: vec4<f32>;
    var sum_2a: vec4<f32>;
    var sum_3a: vec4<f32>;

    let tile = ((group.y * groups.x) + group.x);
    let s1 = uniforms.s1;
    let s2_b = uniforms.s2;
    let _e17 = ((s2_b + 63u) / 64u);
    let s3_b = uniforms.s3;
    let _e22 = ((s3_b + 63u) / 64u);
    if (tile >= (_e22 * (_e17 * s1))) {
        return;
    }
    let _e27 = (tile / _e22);
    let batch_1 = (_e27 / _e17);
    let _e33 = (lane % 16u);
    let _e34 = (lane / 16u);
    let _e40 = ((((_e27 % _e17) * 16u) + _e34) * 4u);
    let _e41 = (s2_b - 1u);
    let j = min(_e40, _e41);
    let _e43 = (_e40 + 1u);
    let j_b = min(_e43, _e41);
    let _e46 = (_e40 + 2u);
    let j_c = min(_e46, _e41);
    let _e49 = (_e40 + 3u);
    let j_d = min(_e49, _e41);
    let _e51 = ((((tile % _e22) * 16u) + _e33) * 4u);
    let _e52 = (s3_b - 1u);
    let k = min(_e51, _e52);
    let _e54 = (_e51 + 1u);
    let k_b = min(_e54, _e52);
    let _e56 = (_e51 + 2u);
    let k_c = min(_e56, _e52);
    let _e58 = (_e51 + 3u);
    let k_d = min(_e58, _e52);
    let _e61 = vec4(0f);
    sum_0a = _e61;
    sum_1a = _e61;
    sum_2a = _e61;
    sum_3a = _e61;
    let s4 = uniforms.s4;
    let _e72 = (s4 - 1u);
    let _e76 = (batch_1 * (s4 * s2_b));
    for (var k_e = 0u; k_e < s4; k_e = k_e + 16u) {
        let _e71 = (k_e + _e33);
        let l = min(_e71, _e72);
        let v0_load = b0_in[((_e76 + (j * s4)) + l)];
        let v0_load_b = b0_in[((_e76 + (j_b * s4)) + l)];
        let v0_load_c = b0_in[((_e76 + (j_c * s4)) + l)];
        let v0_load_d = b0_in[((_e76 + (j_d * s4)) + l)];
        left_tile[((_e33 * 17u) + _e34)] = select(_e61, vec4<f32>(v0_load, v0_load_b, v0_load_c, v0_load_d), vec4((_e71 < s4)));
        let _e105 = (k_e + _e34);
        let l_b = min(_e105, _e72);
        let _e108 = (l_b * s3_b);
        let v1_load = b1_in[(_e108 + k)];
        let v1_load_b = b1_in[(_e108 + k_b)];
        let v1_load_c = b1_in[(_e108 + k_c)];
        let v1_load_d = b1_in[(_e108 + k_d)];
        right_tile[((_e34 * 16u) + _e33)] = select(_e61, vec4<f32>(v1_load, v1_load_b, v1_load_c, v1_load_d), vec4((_e105 < s4)));
        workgroupBarrier();
        for (var inner = 0u; inner < 16u; inner = inner + 1u) {
            let _e134 = left_tile[((inner * 17u) + _e34)];
            let _e142 = right_tile[((inner * 16u) + _e33)];
            let _e145 = sum_0a;
            sum_0a = (_e145 + (vec4(_e134.x) * _e142));
            let _e149 = sum_1a;
            sum_1a = (_e149 + (vec4(_e134.y) * _e142));
            let _e153 = sum_2a;
            sum_2a = (_e153 + (vec4(_e134.z) * _e142));
            let _e157 = sum_3a;
            sum_3a = (_e157 + (vec4(_e134.w) * _e142));
        }
        workgroupBarrier();
    }
    let _e165 = sum_0a;
    finish(batch_1, _e40, _e51, _e165.x);
    finish(batch_1, _e40, _e54, _e165.y);
    finish(batch_1, _e40, _e56, _e165.z);
    finish(batch_1, _e40, _e58, _e165.w);
    let _e170 = sum_1a;
    finish(batch_1, _e43, _e51, _e170.x);
    finish(batch_1, _e43, _e54, _e170.y);
    finish(batch_1, _e43, _e56, _e170.z);
    finish(batch_1, _e43, _e58, _e170.w);
    let _e175 = sum_2a;
    finish(batch_1, _e46, _e51, _e175.x);
    finish(batch_1, _e46, _e54, _e175.y);
    finish(batch_1, _e46, _e56, _e175.z);
    finish(batch_1, _e46, _e58, _e175.w);
    let _e180 = sum_3a;
    finish(batch_1, _e49, _e51, _e180.x);
    finish(batch_1, _e49, _e54, _e180.y);
    finish(batch_1, _e49, _e56, _e180.z);
    finish(batch_1, _e49, _e58, _e180.w);
}
