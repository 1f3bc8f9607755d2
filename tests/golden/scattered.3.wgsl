struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<f32>;
@group(0) @binding(1)
var<storage> b1_in: array<i32>;
@group(0) @binding(2)
var<storage, read_write> b2_out: array<f32>;
@group(0) @binding(3)
var<uniform> uniforms: Uniforms;

@compute @workgroup_size(256, 1, 1)
fn row_notEqual_scan(@builtin(global_invocation_id) id: vec3<u32>) {
    var v10_running: f32;

    let row = id.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    v10_running = 0f;
    for (var i = 0u; i < 29u; i = i + 1u) {
        let v0_load = b0_in[(((i * 96u) + row) + 93u)];
        let _e26 = ((i * 32u) + 31u);
        let v1_load = b1_in[min(_e26, 899u)];
        let v3_inside = (bitcast<i32>(_e26) < 900i);
        let v4_where = select(2147483647i, v1_load, v3_inside);
        let v5_load = b1_in[((bitcast<u32>(max(bitcast<i32>((i - 1u)), 0i)) * 32u) + 31u)];
        let v7_inside = (1i <= bitcast<i32>(i));
        let v8_where = select(-1i, v5_load, v7_inside);
        let v9_notEqual = !((v4_where == v8_where));
        let _e53 = v10_running;
        let v10_add = select((_e53 + v0_load), v0_load, v9_notEqual);
        v10_running = v10_add;
        b2_out[((i * 3u) + row)] = v10_add;
    }
}
