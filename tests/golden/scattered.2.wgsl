struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n33_in: array<u32>;
@group(0) @binding(1)
var<storage> n2_in: array<f32>;
@group(0) @binding(2)
var<storage> n34_in: array<i32>;
@group(0) @binding(3)
var<storage, read_write> n144_out: array<f32>;
@group(0) @binding(4)
var<uniform> uniforms: Uniforms;

@compute @workgroup_size(256, 1, 1)
fn row_gather_notEqual_scan(@builtin(global_invocation_id) id: vec3<u32>) {
    var n144_running: f32;
    var constant: i32 = 899i;

    let row = id.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    let k = (row % 3u);
    let i = (row / 3u);
    n144_running = 0f;
    let _e18 = (i * 32u);
    let _e28 = constant;
    let n135_uint32 = bitcast<u32>(_e28);
    for (var j = 0u; j < 32u; j = j + 1u) {
        let _e19 = (_e18 + j);
        let _e21 = min(_e19, 899u);
        let n33_load = n33_in[_e21];
        let n135_minimum = select(n33_load, n135_uint32, (n135_uint32 < n33_load));
        let n135_int32 = bitcast<i32>(n135_minimum);
        let n2_load = n2_in[(k + (bitcast<u32>(n135_int32) * 3u))];
        let n136_inside = (bitcast<i32>(_e19) < 900i);
        let n136_where = select(0f, n2_load, n136_inside);
        let n34_load = n34_in[_e21];
        let n138_where = select(2147483647i, n34_load, n136_inside);
        let _e52 = (_e18 + bitcast<u32>(max(bitcast<i32>((j - 1u)), 0i)));
        let n34_load_b = n34_in[min(_e52, 899u)];
        let n138_inside = (bitcast<i32>(_e52) < 900i);
        let n138_where_b = select(2147483647i, n34_load_b, n138_inside);
        let n140_inside = (1i <= bitcast<i32>(j));
        let n140_where = select(-1i, n138_where_b, n140_inside);
        let n142_notEqual = !((n138_where == n140_where));
        let _e66 = n144_running;
        let n144_add = select((_e66 + n136_where), n136_where, n142_notEqual);
        n144_running = n144_add;
        n144_out[(((i * 96u) + (j * 3u)) + k)] = n144_add;
    }
}
