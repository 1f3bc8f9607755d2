struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<f32>;
@group(0) @binding(1)
var<storage> b1_in: array<vec4<f32>>;
@group(0) @binding(2)
var<storage> b2_in: array<vec4<f32>>;
@group(0) @binding(3)
var<storage, read_write> b3_out: array<vec4<f32>>;
@group(0) @binding(4)
var<uniform> uniforms: Uniforms;
var<workgroup> left_tile: array<vec4<f32>, 272>;
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
    b3_out[((m * 48u) + quad)] = v5_tanh;
}

@compute @workgroup_size(256, 1, 1)
fn contract_matmul_add_tanh(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var sum_0a: vec4<f32>;
    var sum_1a: vec4<f32>;
    var sum_2a: vec4<f32>;
    var sum_3a: vec4<f32>;

    let tile = group.x;
    if (tile >= 6u) {
        return;
    }
    let _e12 = (lane % 16u);
    let _e13 = (lane / 16u);
    let _e17 = (((tile % 3u) * 16u) + _e12);
    let j = ((((tile / 3u) * 16u) + _e13) * 4u);
    let j_b = (j + 1u);
    let j_c = (j + 2u);
    let j_d = (j + 3u);
    let _e30 = vec4(0f);
    sum_0a = _e30;
    sum_1a = _e30;
    sum_2a = _e30;
    sum_3a = _e30;
    for (var k = 0u; k < 64u; k = k + 16u) {
        let l = (k + _e12);
        let v0_load = b0_in[((j * 64u) + l)];
        let v0_load_b = b0_in[((j_b * 64u) + l)];
        let v0_load_c = b0_in[((j_c * 64u) + l)];
        let v0_load_d = b0_in[((j_d * 64u) + l)];
        left_tile[((_e12 * 17u) + _e13)] = vec4<f32>(v0_load, v0_load_b, v0_load_c, v0_load_d);
        let l_b = (k + _e13);
        let v1_load = b1_in[((l_b * 48u) + _e17)];
        right_tile[((_e13 * 16u) + _e12)] = v1_load;
        workgroupBarrier();
        for (var inner = 0u; inner < 16u; inner = inner + 1u) {
            let _e79 = left_tile[((inner * 17u) + _e13)];
            let _e87 = right_tile[((inner * 16u) + _e12)];
            let _e90 = sum_0a;
            sum_0a = (_e90 + (vec4(_e79.x) * _e87));
            let _e94 = sum_1a;
            sum_1a = (_e94 + (vec4(_e79.y) * _e87));
            let _e98 = sum_2a;
            sum_2a = (_e98 + (vec4(_e79.z) * _e87));
            let _e102 = sum_3a;
            sum_3a = (_e102 + (vec4(_e79.w) * _e87));
        }
        workgroupBarrier();
    }
    let _e110 = sum_0a;
    finish(0u, j, _e17, _e110);
    let _e111 = sum_1a;
    finish(0u, j_b, _e17, _e111);
    let _e112 = sum_2a;
    finish(0u, j_c, _e17, _e112);
    let _e113 = sum_3a;
    finish(0u, j_d, _e17, _e113);
}
