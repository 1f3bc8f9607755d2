struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<vec4<f32>>;
@group(0) @binding(1)
var<storage, read_write> b1_out: array<vec4<f32>>;
@group(0) @binding(2)
var<uniform> uniforms: Uniforms;

@compute @workgroup_size(256, 1, 1)
fn map_barrier(@builtin(global_invocation_id) id: vec3<u32>) {
    let quad = id.x;
    let size = uniforms.size;
    let _e6 = (quad * 4u);
    if (_e6 >= size) {
        return;
    }
    let v0_load = b0_in[quad];
    b1_out[quad] = v0_load;
}
