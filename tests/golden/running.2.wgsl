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
var<storage, read_write> b4_out: array<f32>;
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
    var v7_running: i32;

    let row = id.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    v7_running = -2139095041i;
    let _e18 = (row / 32u);
    let v2_inside = (1i <= bitcast<i32>(_e18));
    for (var i = 0u; i < 3u; i = i + 1u) {
        let v0_load = b0_in[((i * 10u) + bitcast<u32>(max(bitcast<i32>((_e18 - 1u)), 0i)))];
        let v3_where = select(0f, v0_load, v2_inside);
        let v4_load = b1_in[((i * 320u) + row)];
        let v5_add = (v3_where + v4_load);
        let _e42 = ((i * 300u) + row);
        let v6_load = b2_in[_e42];
        let _e45 = v7_running;
        let _e46 = order_for_max(v6_load);
        let _e47 = max(_e45, _e46);
        v7_running = _e47;
        let v7_max = from_order(_e47);
        let v8_mul = (v5_add * v7_max);
        b3_out[_e42] = v8_mul;
        b4_out[_e42] = v7_max;
    }
}
