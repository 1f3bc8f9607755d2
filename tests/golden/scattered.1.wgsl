struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n26_in: array<u32>;
@group(0) @binding(1)
var<storage> n1_in: array<i32>;
@group(0) @binding(2)
var<storage, read_write> n34_out: array<i32>;
@group(0) @binding(3)
var<storage, read_write> n33_out: array<u32>;
@group(0) @binding(4)
var<uniform> uniforms: Uniforms;
var<workgroup> scratch: array<u32, 128>;

@compute @workgroup_size(128, 1, 1)
fn row_less_add_where_less_minimum_etc(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var n32_running: u32;
    var constant: i32 = 899i;

    let row = group.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    n32_running = 0u;
    let n19_index = bitcast<i32>(row);
    let n19_uint32 = bitcast<u32>(n19_index);
    for (var j = lane; j < 900u; j = j + 128u) {
        let n26_load = n26_in[j];
        let n28_equal = (n26_load == n19_uint32);
        let n20_index = bitcast<i32>(j);
        let n20_uint32 = bitcast<u32>(n20_index);
        let n31_where = select(0u, n20_uint32, n28_equal);
        let _e26 = n32_running;
        n32_running = (_e26 + n31_where);
    }
    let _e33 = n32_running;
    scratch[lane] = _e33;
    workgroupBarrier();
    if (lane < 64u) {
        let _e38 = scratch[(lane + 64u)];
        let _e39 = scratch[lane];
        scratch[lane] = (_e39 + _e38);
    }
    workgroupBarrier();
    if (lane < 32u) {
        let _e45 = scratch[(lane + 32u)];
        let _e46 = scratch[lane];
        scratch[lane] = (_e46 + _e45);
    }
    workgroupBarrier();
    if (lane < 16u) {
        let _e52 = scratch[(lane + 16u)];
        let _e53 = scratch[lane];
        scratch[lane] = (_e53 + _e52);
    }
    workgroupBarrier();
    if (lane < 8u) {
        let _e59 = scratch[(lane + 8u)];
        let _e60 = scratch[lane];
        scratch[lane] = (_e60 + _e59);
    }
    workgroupBarrier();
    if (lane < 4u) {
        let _e66 = scratch[(lane + 4u)];
        let _e67 = scratch[lane];
        scratch[lane] = (_e67 + _e66);
    }
    workgroupBarrier();
    if (lane < 2u) {
        let _e73 = scratch[(lane + 2u)];
        let _e74 = scratch[lane];
        scratch[lane] = (_e74 + _e73);
    }
    workgroupBarrier();
    if (lane < 1u) {
        let _e79 = scratch[(lane + 1u)];
        let _e80 = scratch[lane];
        scratch[lane] = (_e80 + _e79);
    }
    workgroupBarrier();
    let n32_sum = scratch[0u];
    let _e88 = constant;
    let n34_uint32 = bitcast<u32>(_e88);
    let n34_minimum = select(n32_sum, n34_uint32, (n34_uint32 < n32_sum));
    let n34_int32 = bitcast<i32>(n34_minimum);
    let n1_load = n1_in[bitcast<u32>(n34_int32)];
    let n9_less = (n1_load < 0i);
    let n10_add = (n1_load + 2000i);
    let n11_where = select(n1_load, n10_add, n9_less);
    let n12_less = (n11_where < 0i);
    let n13_minimum = select(n11_where, 2000i, (2000i < n11_where));
    let n14_where = select(n13_minimum, 2000i, n12_less);
    if (lane == 0u) {
        n34_out[row] = n14_where;
        n33_out[row] = n32_sum;
    }
}
