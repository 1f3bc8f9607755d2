struct Uniforms {
    size: u32,
}

@group(0) @binding(0)
var<storage> n34_in: array<i32>;
@group(0) @binding(1)
var<storage> n155_in: array<f32>;
@group(0) @binding(2)
var<storage> n144_in: array<f32>;
@group(0) @binding(3)
var<storage, read_write> n129_out: array<u32>;
@group(0) @binding(4)
var<storage, read_write> n167_out: array<f32>;
@group(0) @binding(5)
var<uniform> uniforms: Uniforms;

@compute @workgroup_size(256, 1, 1)
fn index_iota_astype_add_sub_gather_etc(@builtin(global_invocation_id) id: vec3<u32>) {
    var constant: u32 = 0u;
    var constant_b: i32 = 900i;
    var constant_c: i32 = 899i;

    let place = id.x;
    if (place < 2001u) {
        let _e7 = constant;
        let n42_add = (_e7 + 512u);
        let _e11 = constant_b;
        let n38_uint32 = bitcast<u32>(_e11);
        let n47_lessEqual = !((n38_uint32 < n42_add));
        let n45_sub = (n42_add - 1u);
        let _e21 = constant_c;
        let n46_uint32 = bitcast<u32>(_e21);
        let n46_minimum = select(n45_sub, n46_uint32, (n46_uint32 < n45_sub));
        let n46_int32 = bitcast<i32>(n46_minimum);
        let n34_load = n34_in[bitcast<u32>(n46_int32)];
        let n35_index = bitcast<i32>(place);
        let n48_less = (n34_load < n35_index);
        let n49_logicalAnd = (n47_lessEqual & n48_less);
        let n50_where = select(0u, n42_add, n49_logicalAnd);
        let n53_add = (n50_where + 256u);
        let n56_lessEqual = !((n38_uint32 < n53_add));
        let n54_sub = (n53_add - 1u);
        let n55_minimum = select(n54_sub, n46_uint32, (n46_uint32 < n54_sub));
        let n55_int32 = bitcast<i32>(n55_minimum);
        let n34_load_b = n34_in[bitcast<u32>(n55_int32)];
        let n57_less = (n34_load_b < n35_index);
        let n58_logicalAnd = (n56_lessEqual & n57_less);
        let n59_where = select(n50_where, n53_add, n58_logicalAnd);
        let n62_add = (n59_where + 128u);
        let n65_lessEqual = !((n38_uint32 < n62_add));
        let n63_sub = (n62_add - 1u);
        let n64_minimum = select(n63_sub, n46_uint32, (n46_uint32 < n63_sub));
        let n64_int32 = bitcast<i32>(n64_minimum);
        let n34_load_c = n34_in[bitcast<u32>(n64_int32)];
        let n66_less = (n34_load_c < n35_index);
        let n67_logicalAnd = (n65_lessEqual & n66_less);
        let n68_where = select(n59_where, n62_add, n67_logicalAnd);
        let n71_add = (n68_where + 64u);
        let n74_lessEqual = !((n38_uint32 < n71_add));
        let n72_sub = (n71_add - 1u);
        let n73_minimum = select(n72_sub, n46_uint32, (n46_uint32 < n72_sub));
        let n73_int32 = bitcast<i32>(n73_minimum);
        let n34_load_d = n34_in[bitcast<u32>(n73_int32)];
        let n75_less = (n34_load_d < n35_index);
        let n76_logicalAnd = (n74_lessEqual & n75_less);
        let n77_where = select(n68_where, n71_add, n76_logicalAnd);
        let n80_add = (n77_where + 32u);
        let n83_lessEqual = !((n38_uint32 < n80_add));
        let n81_sub = (n80_add - 1u);
        let n82_minimum = select(n81_sub, n46_uint32, (n46_uint32 < n81_sub));
        let n82_int32 = bitcast<i32>(n82_minimum);
        let n34_load_e = n34_in[bitcast<u32>(n82_int32)];
        let n84_less = (n34_load_e < n35_index);
        let n85_logicalAnd = (n83_lessEqual & n84_less);
        let n86_where = select(n77_where, n80_add, n85_logicalAnd);
        let n89_add = (n86_where + 16u);
        let n92_lessEqual = !((n38_uint32 < n89_add));
        let n90_sub = (n89_add - 1u);
        let n91_minimum = select(n90_sub, n46_uint32, (n46_uint32 < n90_sub));
        let n91_int32 = bitcast<i32>(n91_minimum);
        let n34_load_f = n34_in[bitcast<u32>(n91_int32)];
        let n93_less = (n34_load_f < n35_index);
        let n94_logicalAnd = (n92_lessEqual & n93_less);
        let n95_where = select(n86_where, n89_add, n94_logicalAnd);
        let n98_add = (n95_where + 8u);
        let n101_lessEqual = !((n38_uint32 < n98_add));
        let n99_sub = (n98_add - 1u);
        let n100_minimum = select(n99_sub, n46_uint32, (n46_uint32 < n99_sub));
        let n100_int32 = bitcast<i32>(n100_minimum);
        let n34_load_g = n34_in[bitcast<u32>(n100_int32)];
        let n102_less = (n34_load_g < n35_index);
        let n103_logicalAnd = (n101_lessEqual & n102_less);
        let n104_where = select(n95_where, n98_add, n103_logicalAnd);
        let n107_add = (n104_where + 4u);
        let n110_lessEqual = !((n38_uint32 < n107_add));
        let n108_sub = (n107_add - 1u);
        let n109_minimum = select(n108_sub, n46_uint32, (n46_uint32 < n108_sub));
        let n109_int32 = bitcast<i32>(n109_minimum);
        let n34_load_h = n34_in[bitcast<u32>(n109_int32)];
        let n111_less = (n34_load_h < n35_index);
        let n112_logicalAnd = (n110_lessEqual & n111_less);
        let n113_where = select(n104_where, n107_add, n112_logicalAnd);
        let n116_add = (n113_where + 2u);
        let n119_lessEqual = !((n38_uint32 < n116_add));
        let n117_sub = (n116_add - 1u);
        let n118_minimum = select(n117_sub, n46_uint32, (n46_uint32 < n117_sub));
        let n118_int32 = bitcast<i32>(n118_minimum);
        let n34_load_i = n34_in[bitcast<u32>(n118_int32)];
        let n120_less = (n34_load_i < n35_index);
        let n121_logicalAnd = (n119_lessEqual & n120_less);
        let n122_where = select(n113_where, n116_add, n121_logicalAnd);
        let n123_add = (n122_where + 1u);
        let n126_lessEqual = !((n38_uint32 < n123_add));
        let n124_sub = (n123_add - 1u);
        let n125_minimum = select(n124_sub, n46_uint32, (n46_uint32 < n124_sub));
        let n125_int32 = bitcast<i32>(n125_minimum);
        let n34_load_j = n34_in[bitcast<u32>(n125_int32)];
        let n127_less = (n34_load_j < n35_index);
        let n128_logicalAnd = (n126_lessEqual & n127_less);
        let n129_where = select(n122_where, n123_add, n128_logicalAnd);
        n129_out[place] = n129_where;
    }
    let index = (place - 2048u);
    if (index < 2700u) {
        let k = (index % 3u);
        let j = (index / 3u);
        let n34_load_k = n34_in[j];
        let _e170 = (j / 32u);
        let _e175 = bitcast<u32>(max(bitcast<i32>((_e170 - 1u)), 0i));
        let n34_load_l = n34_in[((_e175 * 32u) + 31u)];
        let n158_inside = (1i <= bitcast<i32>(_e170));
        let n158_where = select(-1i, n34_load_l, n158_inside);
        let n161_equal = (n34_load_k == n158_where);
        let n155_load = n155_in[(k + (_e175 * 3u))];
        let n156_where = select(0f, n155_load, n158_inside);
        let _e196 = ((j * 3u) + k);
        let n144_load = n144_in[_e196];
        let n164_add = (n156_where + n144_load);
        let n165_where = select(n144_load, n164_add, n161_equal);
        n167_out[_e196] = n165_where;
    }
}
