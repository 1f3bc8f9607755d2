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
    var v4_running: f32;

    let row = id.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    let j = (row % 10u);
    let i = (row / 10u);
    v4_running = 0f;
    let _e20 = (j * 32u);
    for (var k = 0u; k < 32u; k = k + 1u) {
        let _e21 = (_e20 + k);
        let v0_load = b0_in[((i * 300u) + min(_e21, 299u))];
        let v2_inside = (bitcast<i32>(_e21) < 300i);
        let v3_where = select(0f, v0_load, v2_inside);
        let _e31 = v4_running;
        let v4_add = (_e31 + v3_where);
        v4_running = v4_add;
        b1_out[(((i * 320u) + _e20) + k)] = v4_add;
    }
}
