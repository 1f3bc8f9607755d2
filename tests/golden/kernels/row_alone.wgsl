struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<f32>;
@group(0) @binding(1)
var<storage, read_write> b1_out: array<f32>;
@group(0) @binding(2)
var<uniform> uniforms: Uniforms;

fn order_for_max(x: f32) -> i32 {
    let _e1 = bitcast<u32>(x);
    let _e2 = bitcast<i32>(_e1);
    return select((_e2 ^ ((_e2 >> 31u) & 2147483647i)), 2147483647i, (2139095040u < (_e1 & 2147483647u)));
}

fn from_order(x_1: i32) -> f32 {
    return bitcast<f32>(bitcast<u32>((x_1 ^ ((x_1 >> 31u) & 2147483647i))));
}

fn float_to_int(x_2: f32) -> i32 {
    return select(select(select(i32(select(0f, x_2, (abs(x_2) < 2147483600f))), 2147483647i, (2147483600f <= x_2)), i32(-2147483648), (x_2 <= -2147483600f)), 0i, (2139095040u < (bitcast<u32>(x_2) & 2147483647u)));
}

fn exp_(x_3: f32) -> f32 {
    var constant: f32 = 0.5f;

    let _e3 = select(x_3, -105f, (x_3 < -105f));
    let _e6 = select(_e3, 90f, (90f < _e3));
    let _e8 = (_e6 * 1.442695f);
    let _e11 = constant;
    let _e19 = float_to_int((_e8 + bitcast<f32>((bitcast<u32>(_e11) ^ (bitcast<u32>(_e8) & 2147483648u)))));
    let _e20 = f32(_e19);
    let _e26 = ((_e6 - (_e20 * 0.69314575f)) - (_e20 * 0.0000014286068f));
    let _e48 = (_e19 + 0i);
    let _e50 = (_e48 >> 1u);
    return select(((((_e26 + ((_e26 * _e26) * ((((((((((0.00019891269f * _e26) + 0.00139339f) * _e26) + 0.0083333105f) * _e26) + 0.041666463f) * _e26) + 0.16666667f) * _e26) + 0.5f))) + 1f) * bitcast<f32>((bitcast<u32>((_e50 + 127i)) << 23u))) * bitcast<f32>((bitcast<u32>(((_e48 - _e50) + 127i)) << 23u))), x_3, (2139095040u < (bitcast<u32>(x_3) & 2147483647u)));
}

@compute @workgroup_size(64, 1, 1)
fn row_softmax(@builtin(global_invocation_id) id: vec3<u32>) {
    var v1_running: i32;
    var v5_running: f32;
    var partial: f32;

    let row = id.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    v1_running = -2139095041i;
    let _e15 = (row * 1000u);
    for (var j = 0u; j < 1000u; j = j + 1u) {
        let v0_load = b0_in[(_e15 + j)];
        let _e19 = order_for_max(v0_load);
        let _e20 = v1_running;
        v1_running = max(_e20, _e19);
    }
    let _e25 = v1_running;
    let v1_max = from_order(_e25);
    v5_running = 0f;
    for (var block = 0u; block < 1000u; block = block + 256u) {
        partial = 0f;
        let block_end = min((block + 256u), 1000u);
        for (var j_b = block; j_b < block_end; j_b = j_b + 1u) {
            let v2_load = b0_in[(_e15 + j_b)];
            let v3_sub = (v2_load - v1_max);
            let v4_exp = exp_(v3_sub);
            let _e44 = partial;
            partial = (_e44 + v4_exp);
        }
        let _e49 = v5_running;
        let _e50 = partial;
        v5_running = (_e49 + _e50);
    }
    let v5_sum = v5_running;
    for (var j_c = 0u; j_c < 1000u; j_c = j_c + 1u) {
        let _e59 = (_e15 + j_c);
        let v6_load = b0_in[_e59];
        let v7_sub = (v6_load - v1_max);
        let v8_exp = exp_(v7_sub);
        let v9_div = (v8_exp / v5_sum);
        b1_out[_e59] = v9_div;
    }
}
