struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n1_in: array<i32>;
@group(0) @binding(1)
var<storage, read_write> n27_out: array<i32>;
@group(0) @binding(2)
var<uniform> uniforms: Uniforms;
var<workgroup> scratch: array<i32, 128>;

@compute @workgroup_size(128, 1, 1)
fn row_less_add_where_less_minimum_etc(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var n27_running: i32;

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
    n27_running = 0i;
    let n18_index = bitcast<i32>(row);
    for (var j = lane; j < 900u; j = j + 128u) {
        let n1_load_b = n1_in[j];
        let n9_less_b = (n1_load_b < 0i);
        let n10_add_b = (n1_load_b + 2000i);
        let n11_where_b = select(n1_load_b, n10_add_b, n9_less_b);
        let n12_less_b = (n11_where_b < 0i);
        let n13_minimum_b = select(n11_where_b, 2000i, (2000i < n11_where_b));
        let n14_where_b = select(n13_minimum_b, 2000i, n12_less_b);
        let n20_less = (n14_where_b < n14_where);
        let n21_less = (n14_where < n14_where_b);
        let n22_logicalNot = !(n21_less);
        let n19_index = bitcast<i32>(j);
        let n23_less = (n19_index < n18_index);
        let n24_logicalAnd = (n22_logicalNot & n23_less);
        let n25_logicalOr = (n20_less | n24_logicalAnd);
        let n26_int32 = bitcast<i32>(u32(n25_logicalOr));
        let _e46 = n27_running;
        n27_running = (_e46 + n26_int32);
    }
    let _e53 = n27_running;
    scratch[lane] = _e53;
    workgroupBarrier();
    if (lane < 64u) {
        let _e58 = scratch[(lane + 64u)];
        let _e59 = scratch[lane];
        scratch[lane] = (_e59 + _e58);
    }
    workgroupBarrier();
    if (lane < 32u) {
        let _e65 = scratch[(lane + 32u)];
        let _e66 = scratch[lane];
        scratch[lane] = (_e66 + _e65);
    }
    workgroupBarrier();
    if (lane < 16u) {
        let _e72 = scratch[(lane + 16u)];
        let _e73 = scratch[lane];
        scratch[lane] = (_e73 + _e72);
    }
    workgroupBarrier();
    if (lane < 8u) {
        let _e79 = scratch[(lane + 8u)];
        let _e80 = scratch[lane];
        scratch[lane] = (_e80 + _e79);
    }
    workgroupBarrier();
    if (lane < 4u) {
        let _e86 = scratch[(lane + 4u)];
        let _e87 = scratch[lane];
        scratch[lane] = (_e87 + _e86);
    }
    workgroupBarrier();
    if (lane < 2u) {
        let _e93 = scratch[(lane + 2u)];
        let _e94 = scratch[lane];
        scratch[lane] = (_e94 + _e93);
    }
    workgroupBarrier();
    if (lane < 1u) {
        let _e99 = scratch[(lane + 1u)];
        let _e100 = scratch[lane];
        scratch[lane] = (_e100 + _e99);
    }
    workgroupBarrier();
    let n27_sum = scratch[0u];
    if (lane == 0u) {
        n27_out[row] = n27_sum;
    }
}
