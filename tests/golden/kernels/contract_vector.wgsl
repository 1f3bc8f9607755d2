struct Uniforms {
    size: u32,
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
var<workgroup> scratch: array<f32, 64>;

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

@compute @workgroup_size(64, 1, 1)
fn contract_matmul_add_tanh(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var v3_running: f32;

    let row = group.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    v3_running = 0f;
    for (var l = lane; l < 512u; l = l + 64u) {
        let v0_load = b0_in[l];
        let v1_load = b1_in[((row * 512u) + l)];
        let v2_mul = (v0_load * v1_load);
        let _e25 = v3_running;
        v3_running = (_e25 + v2_mul);
    }
    let _e32 = v3_running;
    scratch[lane] = _e32;
    workgroupBarrier();
    if (lane < 32u) {
        let _e37 = scratch[(lane + 32u)];
        let _e38 = scratch[lane];
        scratch[lane] = (_e38 + _e37);
    }
    workgroupBarrier();
    if (lane < 16u) {
        let _e44 = scratch[(lane + 16u)];
        let _e45 = scratch[lane];
        scratch[lane] = (_e45 + _e44);
    }
    workgroupBarrier();
    if (lane < 8u) {
        let _e51 = scratch[(lane + 8u)];
        let _e52 = scratch[lane];
        scratch[lane] = (_e52 + _e51);
    }
    workgroupBarrier();
    if (lane < 4u) {
        let _e58 = scratch[(lane + 4u)];
        let _e59 = scratch[lane];
        scratch[lane] = (_e59 + _e58);
    }
    workgroupBarrier();
    if (lane < 2u) {
        let _e65 = scratch[(lane + 2u)];
        let _e66 = scratch[lane];
        scratch[lane] = (_e66 + _e65);
    }
    workgroupBarrier();
    if (lane < 1u) {
        let _e71 = scratch[(lane + 1u)];
        let _e72 = scratch[lane];
        scratch[lane] = (_e72 + _e71);
    }
    workgroupBarrier();
    let v3_sum = scratch[0u];
    let v4_load = b2_in[row];
    let v5_add = (v3_sum + v4_load);
    let v6_tanh = tanh_(v5_add);
    if (lane == 0u) {
        b3_out[row] = v6_tanh;
    }
}
