struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n0_in: array<f32>;
@group(0) @binding(1)
var<storage> n150_in: array<i32>;
@group(0) @binding(2)
var<storage> n34_in: array<u32>;
@group(0) @binding(3)
var<storage> n2_in: array<f32>;
@group(0) @binding(4)
var<storage, read_write> n168_out: array<f32>;
@group(0) @binding(5)
var<uniform> uniforms: Uniforms;

@compute @workgroup_size(256, 1, 1)
fn row_sub_iota_add_gather_iota_etc(@builtin(global_invocation_id) id: vec3<u32>) {
    var n167_running: f32;
    var constant: i32 = 899i;

    let row = id.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    let j = (row % 3u);
    let i = (row / 3u);
    let _e12 = ((i * 3u) + j);
    let n0_load = n0_in[_e12];
    let n150_load = n150_in[(i + 1u)];
    let n150_load_b = n150_in[i];
    let n154_sub = (n150_load - n150_load_b);
    n167_running = 0f;
    let row_end = min(bitcast<u32>(max(n154_sub, 0i)), 900u);
    let _e51 = constant;
    let n159_uint32 = bitcast<u32>(_e51);
    for (var k = 0u; k < row_end; k = k + 1u) {
        let n161_index = bitcast<i32>(k);
        let n163_less = (n161_index < n154_sub);
        let n157_add = (n150_load_b + n161_index);
        let n158_less = (n157_add < 0i);
        let n158_add = (n157_add + 900i);
        let n158_where = select(n157_add, n158_add, n158_less);
        let n158_minimum = select(n158_where, 899i, (899i < n158_where));
        let n158_maximum = select(n158_minimum, 0i, (n158_minimum < 0i));
        let n34_load = n34_in[bitcast<u32>(n158_maximum)];
        let n159_minimum = select(n34_load, n159_uint32, (n159_uint32 < n34_load));
        let n159_int32 = bitcast<i32>(n159_minimum);
        let n2_load = n2_in[(j + (bitcast<u32>(n159_int32) * 3u))];
        let n166_where = select(0f, n2_load, n163_less);
        let _e63 = n167_running;
        n167_running = (_e63 + n166_where);
    }
    let n167_sum = n167_running;
    let n168_add = (n0_load + n167_sum);
    n168_out[_e12] = n168_add;
}
