struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<f32>;
@group(0) @binding(1)
var<storage, read_write> b1_out: array<f32>;
@group(0) @binding(2)
var<uniform> uniforms: Uniforms;

@compute @workgroup_size(256, 1, 1)
fn row_scan(@builtin(global_invocation_id) id: vec3<u32>) {
    var v1_running: f32;

    let row = id.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    v1_running = 0f;
    for (var j = 0u; j < 10u; j = j + 1u) {
        let v0_load = b0_in[(((row * 320u) + (j * 32u)) + 31u)];
        let _e24 = v1_running;
        let v1_add = (_e24 + v0_load);
        v1_running = v1_add;
        b1_out[((row * 10u) + j)] = v1_add;
    }
}
