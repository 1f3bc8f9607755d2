struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> b0_in: array<u32>;
@group(0) @binding(1)
var<storage> b1_in: array<f32>;
@group(0) @binding(2)
var<storage> b2_in: array<i32>;
@group(0) @binding(3)
var<storage, read_write> b3_out: array<f32>;
@group(0) @binding(4)
var<uniform> uniforms: Uniforms;

@compute @workgroup_size(256, 1, 1)
fn row_gather_notEqual_scan(@builtin(global_invocation_id) id: vec3<u32>) {
    var v22_running: f32;
    var constant: i32 = 899i;

    let row = id.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    let k = (row % 3u);
    let i = (row / 3u);
    v22_running = 0f;
    let _e18 = (i * 32u);
    let _e28 = constant;
    let v3_uint32 = bitcast<u32>(_e28);
    for (var j = 0u; j < 32u; j = j + 1u) {
        let _e19 = (_e18 + j);
        let _e21 = min(_e19, 899u);
        let v0_load = b0_in[_e21];
        let v4_minimum = select(v0_load, v3_uint32, (v3_uint32 < v0_load));
        let v5_int32 = bitcast<i32>(v4_minimum);
        let v6_load = b1_in[(k + (bitcast<u32>(v5_int32) * 3u))];
        let v8_inside = (bitcast<i32>(_e19) < 900i);
        let v9_where = select(0f, v6_load, v8_inside);
        let v10_load = b2_in[_e21];
        let v13_where = select(2147483647i, v10_load, v8_inside);
        let _e52 = (_e18 + bitcast<u32>(max(bitcast<i32>((j - 1u)), 0i)));
        let v14_load = b2_in[min(_e52, 899u)];
        let v16_inside = (bitcast<i32>(_e52) < 900i);
        let v17_where = select(2147483647i, v14_load, v16_inside);
        let v19_inside = (1i <= bitcast<i32>(j));
        let v20_where = select(-1i, v17_where, v19_inside);
        let v21_notEqual = !((v13_where == v20_where));
        let _e66 = v22_running;
        let v22_add = select((_e66 + v9_where), v9_where, v21_notEqual);
        v22_running = v22_add;
        b3_out[(((i * 96u) + (j * 3u)) + k)] = v22_add;
    }
}
