struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n20_in: array<i32>;
@group(0) @binding(1)
var<storage, read_write> n27_out: array<u32>;
@group(0) @binding(2)
var<uniform> uniforms: Uniforms;
var<workgroup> scratch: array<i32, 32>;

@compute @workgroup_size(32, 1, 1)
fn row_iota_equal_where_sum_astype(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var n26_running: i32;

    let row = group.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    let j = (row % 60u);
    let i = (row / 60u);
    n26_running = 0i;
    let _e17 = (i * 60u);
    let n3_index = bitcast<i32>(j);
    for (var k = lane; k < 60u; k = k + 32u) {
        let n20_load = n20_in[(_e17 + k)];
        let n22_equal = (n20_load == n3_index);
        let n4_index = bitcast<i32>(k);
        let n25_where = select(0i, n4_index, n22_equal);
        let _e27 = n26_running;
        n26_running = (_e27 + n25_where);
    }
    let _e34 = n26_running;
    scratch[lane] = _e34;
    workgroupBarrier();
    if (lane < 16u) {
        let _e39 = scratch[(lane + 16u)];
        let _e40 = scratch[lane];
        scratch[lane] = (_e40 + _e39);
    }
    workgroupBarrier();
    if (lane < 8u) {
        let _e46 = scratch[(lane + 8u)];
        let _e47 = scratch[lane];
        scratch[lane] = (_e47 + _e46);
    }
    workgroupBarrier();
    if (lane < 4u) {
        let _e53 = scratch[(lane + 4u)];
        let _e54 = scratch[lane];
        scratch[lane] = (_e54 + _e53);
    }
    workgroupBarrier();
    if (lane < 2u) {
        let _e60 = scratch[(lane + 2u)];
        let _e61 = scratch[lane];
        scratch[lane] = (_e61 + _e60);
    }
    workgroupBarrier();
    if (lane < 1u) {
        let _e66 = scratch[(lane + 1u)];
        let _e67 = scratch[lane];
        scratch[lane] = (_e67 + _e66);
    }
    workgroupBarrier();
    let n26_sum = scratch[0u];
    let n27_uint32 = bitcast<u32>(n26_sum);
    if (lane == 0u) {
        n27_out[(_e17 + j)] = n27_uint32;
    }
}
