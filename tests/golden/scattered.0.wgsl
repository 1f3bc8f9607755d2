struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n1_in: array<i32>;
@group(0) @binding(1)
var<storage, read_write> n26_out: array<u32>;
@group(0) @binding(2)
var<uniform> uniforms: Uniforms;
var<workgroup> scratch: array<u32, 128>;

@compute @workgroup_size(128, 1, 1)
fn row_less_add_where_less_minimum_etc(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var n26_running: u32;

    let row = group.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    let n1_load = n1_in[row];
    let n9_less = (n1_load < 0i);
    let n10_add = (n1_load + 2000i);
    let n11_where = select(n1_load, n10_add, n9_less);
    let n12_less = (n11_where < 0i);
    let n13_minimum = select(n11_where, 2000i, (2000i < n11_where));
    let n14_where = select(n13_minimum, 2000i, n12_less);
    let n15_uint32 = bitcast<u32>(n14_where);
    n26_running = 0u;
    let n19_index = bitcast<i32>(row);
    let n19_uint32 = bitcast<u32>(n19_index);
    for (var j = lane; j < 900u; j = j + 128u) {
        let n20_index = bitcast<i32>(j);
        let n20_uint32 = bitcast<u32>(n20_index);
        let n21_less = (n20_uint32 < n19_uint32);
        let n1_load_b = n1_in[j];
        let n9_less_b = (n1_load_b < 0i);
        let n10_add_b = (n1_load_b + 2000i);
        let n11_where_b = select(n1_load_b, n10_add_b, n9_less_b);
        let n12_less_b = (n11_where_b < 0i);
        let n13_minimum_b = select(n11_where_b, 2000i, (2000i < n11_where_b));
        let n14_where_b = select(n13_minimum_b, 2000i, n12_less_b);
        let n15_uint32_b = bitcast<u32>(n14_where_b);
        let n22_lessEqual = !((n15_uint32 < n15_uint32_b));
        let n23_less = (n15_uint32_b < n15_uint32);
        let n24_where = select(n23_less, n22_lessEqual, n21_less);
        let n25_uint32 = u32(n24_where);
        let _e48 = n26_running;
        n26_running = (_e48 + n25_uint32);
    }
    let _e55 = n26_running;
    scratch[lane] = _e55;
    workgroupBarrier();
    if (lane < 64u) {
        let _e60 = scratch[(lane + 64u)];
        let _e61 = scratch[lane];
        scratch[lane] = (_e61 + _e60);
    }
    workgroupBarrier();
    if (lane < 32u) {
        let _e67 = scratch[(lane + 32u)];
        let _e68 = scratch[lane];
        scratch[lane] = (_e68 + _e67);
    }
    workgroupBarrier();
    if (lane < 16u) {
        let _e74 = scratch[(lane + 16u)];
        let _e75 = scratch[lane];
        scratch[lane] = (_e75 + _e74);
    }
    workgroupBarrier();
    if (lane < 8u) {
        let _e81 = scratch[(lane + 8u)];
        let _e82 = scratch[lane];
        scratch[lane] = (_e82 + _e81);
    }
    workgroupBarrier();
    if (lane < 4u) {
        let _e88 = scratch[(lane + 4u)];
        let _e89 = scratch[lane];
        scratch[lane] = (_e89 + _e88);
    }
    workgroupBarrier();
    if (lane < 2u) {
        let _e95 = scratch[(lane + 2u)];
        let _e96 = scratch[lane];
        scratch[lane] = (_e96 + _e95);
    }
    workgroupBarrier();
    if (lane < 1u) {
        let _e101 = scratch[(lane + 1u)];
        let _e102 = scratch[lane];
        scratch[lane] = (_e102 + _e101);
    }
    workgroupBarrier();
    let n26_sum = scratch[0u];
    if (lane == 0u) {
        n26_out[row] = n26_sum;
    }
}
