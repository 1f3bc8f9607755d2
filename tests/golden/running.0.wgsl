struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n0_in: array<f32>;
@group(0) @binding(1)
var<storage, read_write> n4_out: array<f32>;
@group(0) @binding(2)
var<uniform> uniforms: Uniforms;

@compute @workgroup_size(256, 1, 1)
fn row_scan(@builtin(global_invocation_id) id: vec3<u32>) {
    var n4_running: f32;

    let row = id.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    let j = (row % 10u);
    let i = (row / 10u);
    n4_running = 0f;
    let _e20 = (j * 32u);
    for (var k = 0u; k < 32u; k = k + 1u) {
        let _e21 = (_e20 + k);
        let n0_load = n0_in[((i * 300u) + min(_e21, 299u))];
        let n2_inside = (bitcast<i32>(_e21) < 300i);
        let n2_where = select(0f, n0_load, n2_inside);
        let _e31 = n4_running;
        let n4_add = (_e31 + n2_where);
        n4_running = n4_add;
        n4_out[(((i * 320u) + _e20) + k)] = n4_add;
    }
}
