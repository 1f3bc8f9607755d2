struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n7_in: array<f32>;
@group(0) @binding(1)
var<storage> n4_in: array<f32>;
@group(0) @binding(2)
var<storage> n0_in: array<f32>;
@group(0) @binding(3)
var<storage, read_write> n18_out: array<f32>;
@group(0) @binding(4)
var<storage, read_write> n16_out: array<f32>;
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
fn row_add_scan_mul(@builtin(global_invocation_id) id: vec3<u32>) {
    var n16_running: i32;

    let row = id.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    n16_running = -2139095041i;
    let _e18 = (row / 32u);
    let n8_inside = (1i <= bitcast<i32>(_e18));
    for (var i = 0u; i < 3u; i = i + 1u) {
        let n7_load = n7_in[((i * 10u) + bitcast<u32>(max(bitcast<i32>((_e18 - 1u)), 0i)))];
        let n8_where = select(0f, n7_load, n8_inside);
        let n4_load = n4_in[((i * 320u) + row)];
        let n11_add = (n8_where + n4_load);
        let _e42 = ((i * 300u) + row);
        let n0_load = n0_in[_e42];
        let _e45 = n16_running;
        let _e46 = order_for_max(n0_load);
        let _e47 = max(_e45, _e46);
        n16_running = _e47;
        let n16_max = from_order(_e47);
        let n18_mul = (n11_add * n16_max);
        n18_out[_e42] = n18_mul;
        n16_out[_e42] = n16_max;
    }
}
