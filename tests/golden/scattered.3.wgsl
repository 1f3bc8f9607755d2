struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n144_in: array<f32>;
@group(0) @binding(1)
var<storage> n34_in: array<i32>;
@group(0) @binding(2)
var<storage, read_write> n155_out: array<f32>;
@group(0) @binding(3)
var<uniform> uniforms: Uniforms;

@compute @workgroup_size(256, 1, 1)
fn row_notEqual_scan(@builtin(global_invocation_id) id: vec3<u32>) {
    var n155_running: f32;

    let row = id.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    n155_running = 0f;
    for (var i = 0u; i < 29u; i = i + 1u) {
        let n144_load = n144_in[(((i * 96u) + row) + 93u)];
        let _e26 = ((i * 32u) + 31u);
        let n34_load = n34_in[min(_e26, 899u)];
        let n138_inside = (bitcast<i32>(_e26) < 900i);
        let n138_where = select(2147483647i, n34_load, n138_inside);
        let n34_load_b = n34_in[((bitcast<u32>(max(bitcast<i32>((i - 1u)), 0i)) * 32u) + 31u)];
        let n150_inside = (1i <= bitcast<i32>(i));
        let n150_where = select(-1i, n34_load_b, n150_inside);
        let n152_notEqual = !((n138_where == n150_where));
        let _e53 = n155_running;
        let n155_add = select((_e53 + n144_load), n144_load, n152_notEqual);
        n155_running = n155_add;
        n155_out[((i * 3u) + row)] = n155_add;
    }
}
