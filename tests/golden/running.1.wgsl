struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n4_in: array<f32>;
@group(0) @binding(1)
var<storage, read_write> n13_out: array<f32>;
@group(0) @binding(2)
var<uniform> uniforms: Uniforms;

@compute @workgroup_size(256, 1, 1)
fn row_iota_lessEqual_where_sum(@builtin(global_invocation_id) id: vec3<u32>) {
    var n13_running: f32;

    let row = id.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    let j = (row % 10u);
    let i = (row / 10u);
    n13_running = 0f;
    let n5_index = bitcast<i32>(j);
    let _e21 = (i * 10u);
    for (var k = 0u; k < 10u; k = k + 1u) {
        let n6_index = bitcast<i32>(k);
        let n7_lessEqual = !((n5_index < n6_index));
        let n4_load = n4_in[(_e21 + k)];
        let n12_where = select(0f, n4_load, n7_lessEqual);
        let _e26 = n13_running;
        n13_running = (_e26 + n12_where);
    }
    let n13_sum = n13_running;
    n13_out[(_e21 + j)] = n13_sum;
}
