struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n597_in: array<i32>;
@group(0) @binding(1)
var<storage, read_write> n682_out: array<u32>;
@group(0) @binding(2)
var<uniform> uniforms: Uniforms;

@compute @workgroup_size(256, 1, 1)
fn index_iota_astype_add_sub_gather_etc(@builtin(global_invocation_id) id: vec3<u32>) {
    var constant: u32 = 0u;
    var constant_b: i32 = 900i;
    var constant_c: i32 = 899i;

    let index = id.x;
    let size = uniforms.size;
    if (index >= size) {
        return;
    }
    let _e10 = constant;
    let n604_add = (_e10 + 512u);
    let _e14 = constant_b;
    let n601_uint32 = bitcast<u32>(_e14);
    let n608_lessEqual = !((n601_uint32 < n604_add));
    let n606_sub = (n604_add - 1u);
    let _e23 = constant_c;
    let n607_uint32 = bitcast<u32>(_e23);
    let n607_minimum = select(n606_sub, n607_uint32, (n607_uint32 < n606_sub));
    let n607_int32 = bitcast<i32>(n607_minimum);
    let n597_load = n597_in[bitcast<u32>(n607_int32)];
    let n598_index = bitcast<i32>(index);
    let n609_less = (n597_load < n598_index);
    let n610_logicalAnd = (n608_lessEqual & n609_less);
    let n611_where = select(0u, n604_add, n610_logicalAnd);
    let n613_add = (n611_where + 256u);
    let n616_lessEqual = !((n601_uint32 < n613_add));
    let n614_sub = (n613_add - 1u);
    let n615_minimum = select(n614_sub, n607_uint32, (n607_uint32 < n614_sub));
    let n615_int32 = bitcast<i32>(n615_minimum);
    let n597_load_b = n597_in[bitcast<u32>(n615_int32)];
    let n617_less = (n597_load_b < n598_index);
    let n618_logicalAnd = (n616_lessEqual & n617_less);
    let n619_where = select(n611_where, n613_add, n618_logicalAnd);
    let n621_add = (n619_where + 128u);
    let n624_lessEqual = !((n601_uint32 < n621_add));
    let n622_sub = (n621_add - 1u);
    let n623_minimum = select(n622_sub, n607_uint32, (n607_uint32 < n622_sub));
    let n623_int32 = bitcast<i32>(n623_minimum);
    let n597_load_c = n597_in[bitcast<u32>(n623_int32)];
    let n625_less = (n597_load_c < n598_index);
    let n626_logicalAnd = (n624_lessEqual & n625_less);
    let n627_where = select(n619_where, n621_add, n626_logicalAnd);
    let n629_add = (n627_where + 64u);
    let n632_lessEqual = !((n601_uint32 < n629_add));
    let n630_sub = (n629_add - 1u);
    let n631_minimum = select(n630_sub, n607_uint32, (n607_uint32 < n630_sub));
    let n631_int32 = bitcast<i32>(n631_minimum);
    let n597_load_d = n597_in[bitcast<u32>(n631_int32)];
    let n633_less = (n597_load_d < n598_index);
    let n634_logicalAnd = (n632_lessEqual & n633_less);
    let n635_where = select(n627_where, n629_add, n634_logicalAnd);
    let n637_add = (n635_where + 32u);
    let n640_lessEqual = !((n601_uint32 < n637_add));
    let n638_sub = (n637_add - 1u);
    let n639_minimum = select(n638_sub, n607_uint32, (n607_uint32 < n638_sub));
    let n639_int32 = bitcast<i32>(n639_minimum);
    let n597_load_e = n597_in[bitcast<u32>(n639_int32)];
    let n641_less = (n597_load_e < n598_index);
    let n642_logicalAnd = (n640_lessEqual & n641_less);
    let n643_where = select(n635_where, n637_add, n642_logicalAnd);
    let n645_add = (n643_where + 16u);
    let n648_lessEqual = !((n601_uint32 < n645_add));
    let n646_sub = (n645_add - 1u);
    let n647_minimum = select(n646_sub, n607_uint32, (n607_uint32 < n646_sub));
    let n647_int32 = bitcast<i32>(n647_minimum);
    let n597_load_f = n597_in[bitcast<u32>(n647_int32)];
    let n649_less = (n597_load_f < n598_index);
    let n650_logicalAnd = (n648_lessEqual & n649_less);
    let n651_where = select(n643_where, n645_add, n650_logicalAnd);
    let n653_add = (n651_where + 8u);
    let n656_lessEqual = !((n601_uint32 < n653_add));
    let n654_sub = (n653_add - 1u);
    let n655_minimum = select(n654_sub, n607_uint32, (n607_uint32 < n654_sub));
    let n655_int32 = bitcast<i32>(n655_minimum);
    let n597_load_g = n597_in[bitcast<u32>(n655_int32)];
    let n657_less = (n597_load_g < n598_index);
    let n658_logicalAnd = (n656_lessEqual & n657_less);
    let n659_where = select(n651_where, n653_add, n658_logicalAnd);
    let n661_add = (n659_where + 4u);
    let n664_lessEqual = !((n601_uint32 < n661_add));
    let n662_sub = (n661_add - 1u);
    let n663_minimum = select(n662_sub, n607_uint32, (n607_uint32 < n662_sub));
    let n663_int32 = bitcast<i32>(n663_minimum);
    let n597_load_h = n597_in[bitcast<u32>(n663_int32)];
    let n665_less = (n597_load_h < n598_index);
    let n666_logicalAnd = (n664_lessEqual & n665_less);
    let n667_where = select(n659_where, n661_add, n666_logicalAnd);
    let n669_add = (n667_where + 2u);
    let n672_lessEqual = !((n601_uint32 < n669_add));
    let n670_sub = (n669_add - 1u);
    let n671_minimum = select(n670_sub, n607_uint32, (n607_uint32 < n670_sub));
    let n671_int32 = bitcast<i32>(n671_minimum);
    let n597_load_i = n597_in[bitcast<u32>(n671_int32)];
    let n673_less = (n597_load_i < n598_index);
    let n674_logicalAnd = (n672_lessEqual & n673_less);
    let n675_where = select(n667_where, n669_add, n674_logicalAnd);
    let n676_add = (n675_where + 1u);
    let n679_lessEqual = !((n601_uint32 < n676_add));
    let n677_sub = (n676_add - 1u);
    let n678_minimum = select(n677_sub, n607_uint32, (n607_uint32 < n677_sub));
    let n678_int32 = bitcast<i32>(n678_minimum);
    let n597_load_j = n597_in[bitcast<u32>(n678_int32)];
    let n680_less = (n597_load_j < n598_index);
    let n681_logicalAnd = (n679_lessEqual & n680_less);
    let n682_where = select(n675_where, n676_add, n681_logicalAnd);
    n682_out[index] = n682_where;
}
