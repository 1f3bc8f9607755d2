struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n0_in: array<f32>;
@group(0) @binding(1)
var<storage, read_write> n25_out: array<f32>;
@group(0) @binding(2)
var<uniform> uniforms: Uniforms;

@compute @workgroup_size(256, 1, 1)
fn row_iota_lessEqual_where_sum(@builtin(global_invocation_id) id: vec3<u32>) {
    var n25_running: f32;

    let row = id.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    let j = (row % 32u);
    let i = (row / 32u);
    n25_running = 0f;
    let n18_index = bitcast<i32>(j);
    for (var k = 0u; k < 32u; k = k + 1u) {
        let n19_index = bitcast<i32>(k);
        let n20_lessEqual = !((n18_index < n19_index));
        let _e27 = (k + ((i % 10u) * 32u));
        let n0_load = n0_in[(((i / 10u) * 300u) + min(_e27, 299u))];
        let n2_inside = (bitcast<i32>(_e27) < 300i);
        let n2_where = select(0f, n0_load, n2_inside);
        let n24_where = select(0f, n2_where, n20_lessEqual);
        let _e38 = n25_running;
        n25_running = (_e38 + n24_where);
    }
    let n25_sum = n25_running;
    n25_out[((i * 32u) + j)] = n25_sum;
}
