struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n27_in: array<i32>;
@group(0) @binding(1)
var<storage> n1_in: array<i32>;
@group(0) @binding(2)
var<storage, read_write> n35_out: array<i32>;
@group(0) @binding(3)
var<storage, read_write> n34_out: array<u32>;
@group(0) @binding(4)
var<uniform> uniforms: Uniforms;
var<workgroup> scratch: array<i32, 128>;

@compute @workgroup_size(128, 1, 1)
fn row_less_add_where_less_minimum_etc(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    var n32_running: i32;
    var constant: i32 = 899i;

    let row = group.x;
    let size = uniforms.size;
    if (row >= size) {
        return;
    }
    n32_running = 0i;
    let n18_index = bitcast<i32>(row);
    for (var j = lane; j < 900u; j = j + 128u) {
        let n27_load = n27_in[j];
        let n29_equal = (n27_load == n18_index);
        let n19_index = bitcast<i32>(j);
        let n31_where = select(0i, n19_index, n29_equal);
        let _e24 = n32_running;
        n32_running = (_e24 + n31_where);
    }
    let _e31 = n32_running;
    scratch[lane] = _e31;
    workgroupBarrier();
    if (lane < 64u) {
        let _e36 = scratch[(lane + 64u)];
        let _e37 = scratch[lane];
        scratch[lane] = (_e37 + _e36);
    }
    workgroupBarrier();
    if (lane < 32u) {
        let _e43 = scratch[(lane + 32u)];
        let _e44 = scratch[lane];
        scratch[lane] = (_e44 + _e43);
    }
    workgroupBarrier();
    if (lane < 16u) {
        let _e50 = scratch[(lane + 16u)];
        let _e51 = scratch[lane];
        scratch[lane] = (_e51 + _e50);
    }
    workgroupBarrier();
    if (lane < 8u) {
        let _e57 = scratch[(lane + 8u)];
        let _e58 = scratch[lane];
        scratch[lane] = (_e58 + _e57);
    }
    workgroupBarrier();
    if (lane < 4u) {
        let _e64 = scratch[(lane + 4u)];
        let _e65 = scratch[lane];
        scratch[lane] = (_e65 + _e64);
    }
    workgroupBarrier();
    if (lane < 2u) {
        let _e71 = scratch[(lane + 2u)];
        let _e72 = scratch[lane];
        scratch[lane] = (_e72 + _e71);
    }
    workgroupBarrier();
    if (lane < 1u) {
        let _e77 = scratch[(lane + 1u)];
        let _e78 = scratch[lane];
        scratch[lane] = (_e78 + _e77);
    }
    workgroupBarrier();
    let n32_sum = scratch[0u];
    let n33_uint32 = bitcast<u32>(n32_sum);
    let _e87 = constant;
    let n35_uint32 = bitcast<u32>(_e87);
    let n35_minimum = select(n33_uint32, n35_uint32, (n35_uint32 < n33_uint32));
    let n35_int32 = bitcast<i32>(n35_minimum);
    let n1_load = n1_in[bitcast<u32>(n35_int32)];
    let n9_less = (n1_load < 0i);
    let n10_add = (n1_load + 2000i);
    let n11_where = select(n1_load, n10_add, n9_less);
    let n12_less = (n11_where < 0i);
    let n13_minimum = select(n11_where, 2000i, (2000i < n11_where));
    let n14_where = select(n13_minimum, 2000i, n12_less);
    if (lane == 0u) {
        n35_out[row] = n14_where;
        n34_out[row] = n33_uint32;
    }
}
