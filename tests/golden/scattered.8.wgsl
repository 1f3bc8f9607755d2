struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n596_in: array<u32>;
@group(0) @binding(1)
var<storage> n2_in: array<f32>;
@group(0) @binding(2)
var<storage> n597_in: array<i32>;
@group(0) @binding(3)
var<storage, read_write> n697_out: array<f32>;
@group(0) @binding(4)
var<uniform> uniforms: Uniforms;

@compute @workgroup_size(256, 1, 1)
fn row_gather_notEqual_scan(@builtin(global_invocation_id) id: vec3<u32>) {
    var n697_running: f32;
    var constant: i32 = 899i;

    let row = id.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    let k = (row % 3u);
    let i = (row / 3u);
    n697_running = 0f;
    let _e18 = (i * 32u);
    let _e28 = constant;
    let n688_uint32 = bitcast<u32>(_e28);
    for (var j = 0u; j < 32u; j = j + 1u) {
        let _e19 = (_e18 + j);
        let _e21 = min(_e19, 899u);
        let n596_load = n596_in[_e21];
        let n688_minimum = select(n596_load, n688_uint32, (n688_uint32 < n596_load));
        let n688_int32 = bitcast<i32>(n688_minimum);
        let n2_load = n2_in[(k + (bitcast<u32>(n688_int32) * 3u))];
        let n689_inside = (bitcast<i32>(_e19) < 900i);
        let n689_where = select(0f, n2_load, n689_inside);
        let n597_load = n597_in[_e21];
        let n691_where = select(2147483647i, n597_load, n689_inside);
        let _e52 = (_e18 + bitcast<u32>(max(bitcast<i32>((j - 1u)), 0i)));
        let n597_load_b = n597_in[min(_e52, 899u)];
        let n691_inside = (bitcast<i32>(_e52) < 900i);
        let n691_where_b = select(2147483647i, n597_load_b, n691_inside);
        let n693_inside = (1i <= bitcast<i32>(j));
        let n693_where = select(-1i, n691_where_b, n693_inside);
        let n695_notEqual = !((n691_where == n693_where));
        let _e66 = n697_running;
        let n697_add = select((_e66 + n689_where), n689_where, n695_notEqual);
        n697_running = n697_add;
        n697_out[(((i * 96u) + (j * 3u)) + k)] = n697_add;
    }
}
