struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<vec4<f32>>;
@group(0) @binding(1)
var<storage> b1_in: array<i32>;
@group(0) @binding(2)
var<storage, read_write> b2_out: array<vec4<f32>>;
@group(0) @binding(3)
var<uniform> uniforms: Uniforms;

@compute @workgroup_size(256, 1, 1)
fn stack(@builtin(global_invocation_id) id: vec3<u32>) {
    let quad = id.x;
    let size = uniforms.size;
    let _e6 = (quad * 4u);
    if (_e6 >= size) {
        return;
    }
    let v0_load = b1_in[0u];
    let v1_load = b0_in[quad];
    b2_out[((bitcast<u32>(v0_load) * 4u) + quad)] = v1_load;
}
