struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage, read_write> b0_out: array<i32>;
@group(0) @binding(1)
var<uniform> uniforms: Uniforms;

@compute @workgroup_size(256, 1, 1)
fn first_step(@builtin(global_invocation_id) id: vec3<u32>) {
    let index = id.x;
    let size = uniforms.size;
    if (index >= size) {
        return;
    }
    b0_out[0u] = 0i;
}
