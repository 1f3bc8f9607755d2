struct Uniforms {
    size: u32,
    c1: f32,
}

@group(0) @binding(0)
var<storage> n13_in: array<f32>;
@group(0) @binding(1)
var<storage> n25_in: array<f32>;
@group(0) @binding(2)
var<storage> n0_in: array<f32>;
@group(0) @binding(3)
var<storage, read_write> n42_out: array<f32>;
@group(0) @binding(4)
var<storage, read_write> n40_out: array<f32>;
@group(0) @binding(5)
var<uniform> uniforms: Uniforms;

fn order_for_max(x: f32) -> i32 {
    let _e1 = bitcast<u32>(x);
    let _e2 = bitcast<i32>(_e1);
    return select((_e2 ^ ((_e2 >> 31u) & 2147483647i)), 2147483647i, (2139095040u < (_e1 & 2147483647u)));
}

fn from_order(x_1: i32) -> f32 {
    return bitcast<f32>(bitcast<u32>((x_1 ^ ((x_1 >> 31u) & 2147483647i))));
}

@compute @workgroup_size(256, 1, 1)
fn row_add_iota_lessEqual_where_max_etc(@builtin(global_invocation_id) id: vec3<u32>) {
    var n40_running: i32;

    let row = id.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    let j = (row % 300u);
    let i = (row / 300u);
    let _e15 = (j / 32u);
    let n13_load = n13_in[((i * 10u) + bitcast<u32>(max(bitcast<i32>((_e15 - 1u)), 0i)))];
    let n14_inside = (1i <= bitcast<i32>(_e15));
    let n14_where = select(0f, n13_load, n14_inside);
    let n25_load = n25_in[((i * 320u) + j)];
    let n27_add = (n14_where + n25_load);
    let c1 = uniforms.c1;
    n40_running = -2139095041i;
    let n32_index = bitcast<i32>(i);
    for (var k = 0u; k < 3u; k = k + 1u) {
        let n33_index = bitcast<i32>(k);
        let n34_lessEqual = !((n32_index < n33_index));
        let n0_load = n0_in[(j + (k * 300u))];
        let n39_where = select(c1, n0_load, n34_lessEqual);
        let _e54 = order_for_max(n39_where);
        let _e55 = n40_running;
        n40_running = max(_e55, _e54);
    }
    let _e60 = n40_running;
    let n40_max = from_order(_e60);
    let n42_mul = (n27_add * n40_max);
    let _e65 = ((i * 300u) + j);
    n42_out[_e65] = n42_mul;
    n40_out[_e65] = n40_max;
}
