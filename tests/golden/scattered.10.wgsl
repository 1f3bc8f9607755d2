struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n697_in: array<f32>;
@group(0) @binding(1)
var<storage> n597_in: array<i32>;
@group(0) @binding(2)
var<storage, read_write> n708_out: array<f32>;
@group(0) @binding(3)
var<uniform> uniforms: Uniforms;

@compute @workgroup_size(256, 1, 1)
fn row_notEqual_scan(@builtin(global_invocation_id) id: vec3<u32>) {
    var n708_running: f32;

    let row = id.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    n708_running = 0f;
    for (var i = 0u; i < 29u; i = i + 1u) {
        let n697_load = n697_in[(((i * 96u) + row) + 93u)];
        let _e26 = ((i * 32u) + 31u);
        let n597_load = n597_in[min(_e26, 899u)];
        let n691_inside = (bitcast<i32>(_e26) < 900i);
        let n691_where = select(2147483647i, n597_load, n691_inside);
        let n597_load_b = n597_in[((bitcast<u32>(max(bitcast<i32>((i - 1u)), 0i)) * 32u) + 31u)];
        let n703_inside = (1i <= bitcast<i32>(i));
        let n703_where = select(-1i, n597_load_b, n703_inside);
        let n705_notEqual = !((n691_where == n703_where));
        let _e53 = n708_running;
        let n708_add = select((_e53 + n697_load), n697_load, n705_notEqual);
        n708_running = n708_add;
        n708_out[((i * 3u) + row)] = n708_add;
    }
}
