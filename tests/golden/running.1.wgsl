struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n4_in: array<f32>;
@group(0) @binding(1)
var<storage, read_write> n7_out: array<f32>;
@group(0) @binding(2)
var<uniform> uniforms: Uniforms;

@compute @workgroup_size(256, 1, 1)
fn row_scan(@builtin(global_invocation_id) id: vec3<u32>) {
    var n7_running: f32;

    let row = id.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    n7_running = 0f;
    for (var j = 0u; j < 10u; j = j + 1u) {
        let n4_load = n4_in[(((row * 320u) + (j * 32u)) + 31u)];
        let _e24 = n7_running;
        let n7_add = (_e24 + n4_load);
        n7_running = n7_add;
        n7_out[((row * 10u) + j)] = n7_add;
    }
}
