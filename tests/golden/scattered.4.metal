// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
    uint size2;
    uint size3;
    uint size4;
};

typedef int type_1[1];
typedef float type_3[1];
typedef uint type_5[1];
struct Uniforms {
    uint size;
};

struct index_iota_astype_add_sub_gather_etcInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void index_iota_astype_add_sub_gather_etc(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& n34_in [[buffer(0)]]
, device type_3 const& n155_in [[buffer(1)]]
, device type_3 const& n144_in [[buffer(2)]]
, device type_5& n129_out [[buffer(3)]]
, device type_3& n167_out [[buffer(4)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(6)]]
) {
    uint constant_ = 0u;
    int constant_b = 900;
    int constant_c = 899;
    uint place = id.x;
    if (place < 2001u) {
        uint _e7 = constant_;
        uint n42_add = _e7 + 512u;
        int _e11 = constant_b;
        uint n38_uint32_ = as_type<uint>(_e11);
        bool n47_lessEqual = !((n38_uint32_ < n42_add));
        uint n45_sub = n42_add - 1u;
        int _e21 = constant_c;
        uint n46_uint32_ = as_type<uint>(_e21);
        uint n46_minimum = (n46_uint32_ < n45_sub) ? n46_uint32_ : n45_sub;
        int n46_int32_ = as_type<int>(n46_minimum);
        int n34_load = n34_in[as_type<uint>(n46_int32_)];
        int n35_index = as_type<int>(place);
        bool n48_less = n34_load < n35_index;
        bool n49_logicalAnd = n47_lessEqual & n48_less;
        uint n50_where = n49_logicalAnd ? n42_add : 0u;
        uint n53_add = n50_where + 256u;
        bool n56_lessEqual = !((n38_uint32_ < n53_add));
        uint n54_sub = n53_add - 1u;
        uint n55_minimum = (n46_uint32_ < n54_sub) ? n46_uint32_ : n54_sub;
        int n55_int32_ = as_type<int>(n55_minimum);
        int n34_load_b = n34_in[as_type<uint>(n55_int32_)];
        bool n57_less = n34_load_b < n35_index;
        bool n58_logicalAnd = n56_lessEqual & n57_less;
        uint n59_where = n58_logicalAnd ? n53_add : n50_where;
        uint n62_add = n59_where + 128u;
        bool n65_lessEqual = !((n38_uint32_ < n62_add));
        uint n63_sub = n62_add - 1u;
        uint n64_minimum = (n46_uint32_ < n63_sub) ? n46_uint32_ : n63_sub;
        int n64_int32_ = as_type<int>(n64_minimum);
        int n34_load_c = n34_in[as_type<uint>(n64_int32_)];
        bool n66_less = n34_load_c < n35_index;
        bool n67_logicalAnd = n65_lessEqual & n66_less;
        uint n68_where = n67_logicalAnd ? n62_add : n59_where;
        uint n71_add = n68_where + 64u;
        bool n74_lessEqual = !((n38_uint32_ < n71_add));
        uint n72_sub = n71_add - 1u;
        uint n73_minimum = (n46_uint32_ < n72_sub) ? n46_uint32_ : n72_sub;
        int n73_int32_ = as_type<int>(n73_minimum);
        int n34_load_d = n34_in[as_type<uint>(n73_int32_)];
        bool n75_less = n34_load_d < n35_index;
        bool n76_logicalAnd = n74_lessEqual & n75_less;
        uint n77_where = n76_logicalAnd ? n71_add : n68_where;
        uint n80_add = n77_where + 32u;
        bool n83_lessEqual = !((n38_uint32_ < n80_add));
        uint n81_sub = n80_add - 1u;
        uint n82_minimum = (n46_uint32_ < n81_sub) ? n46_uint32_ : n81_sub;
        int n82_int32_ = as_type<int>(n82_minimum);
        int n34_load_e = n34_in[as_type<uint>(n82_int32_)];
        bool n84_less = n34_load_e < n35_index;
        bool n85_logicalAnd = n83_lessEqual & n84_less;
        uint n86_where = n85_logicalAnd ? n80_add : n77_where;
        uint n89_add = n86_where + 16u;
        bool n92_lessEqual = !((n38_uint32_ < n89_add));
        uint n90_sub = n89_add - 1u;
        uint n91_minimum = (n46_uint32_ < n90_sub) ? n46_uint32_ : n90_sub;
        int n91_int32_ = as_type<int>(n91_minimum);
        int n34_load_f = n34_in[as_type<uint>(n91_int32_)];
        bool n93_less = n34_load_f < n35_index;
        bool n94_logicalAnd = n92_lessEqual & n93_less;
        uint n95_where = n94_logicalAnd ? n89_add : n86_where;
        uint n98_add = n95_where + 8u;
        bool n101_lessEqual = !((n38_uint32_ < n98_add));
        uint n99_sub = n98_add - 1u;
        uint n100_minimum = (n46_uint32_ < n99_sub) ? n46_uint32_ : n99_sub;
        int n100_int32_ = as_type<int>(n100_minimum);
        int n34_load_g = n34_in[as_type<uint>(n100_int32_)];
        bool n102_less = n34_load_g < n35_index;
        bool n103_logicalAnd = n101_lessEqual & n102_less;
        uint n104_where = n103_logicalAnd ? n98_add : n95_where;
        uint n107_add = n104_where + 4u;
        bool n110_lessEqual = !((n38_uint32_ < n107_add));
        uint n108_sub = n107_add - 1u;
        uint n109_minimum = (n46_uint32_ < n108_sub) ? n46_uint32_ : n108_sub;
        int n109_int32_ = as_type<int>(n109_minimum);
        int n34_load_h = n34_in[as_type<uint>(n109_int32_)];
        bool n111_less = n34_load_h < n35_index;
        bool n112_logicalAnd = n110_lessEqual & n111_less;
        uint n113_where = n112_logicalAnd ? n107_add : n104_where;
        uint n116_add = n113_where + 2u;
        bool n119_lessEqual = !((n38_uint32_ < n116_add));
        uint n117_sub = n116_add - 1u;
        uint n118_minimum = (n46_uint32_ < n117_sub) ? n46_uint32_ : n117_sub;
        int n118_int32_ = as_type<int>(n118_minimum);
        int n34_load_i = n34_in[as_type<uint>(n118_int32_)];
        bool n120_less = n34_load_i < n35_index;
        bool n121_logicalAnd = n119_lessEqual & n120_less;
        uint n122_where = n121_logicalAnd ? n116_add : n113_where;
        uint n123_add = n122_where + 1u;
        bool n126_lessEqual = !((n38_uint32_ < n123_add));
        uint n124_sub = n123_add - 1u;
        uint n125_minimum = (n46_uint32_ < n124_sub) ? n46_uint32_ : n124_sub;
        int n125_int32_ = as_type<int>(n125_minimum);
        int n34_load_j = n34_in[as_type<uint>(n125_int32_)];
        bool n127_less = n34_load_j < n35_index;
        bool n128_logicalAnd = n126_lessEqual & n127_less;
        uint n129_where = n128_logicalAnd ? n123_add : n122_where;
        n129_out[place] = n129_where;
    }
    uint index = place - 2048u;
    if (index < 2700u) {
        uint k = index % 3u;
        uint j = index / 3u;
        int n34_load_k = n34_in[j];
        uint _e170 = j / 32u;
        uint _e175 = as_type<uint>(metal::max(as_type<int>(_e170 - 1u), 0));
        int n34_load_l = n34_in[(_e175 * 32u) + 31u];
        bool n158_inside = 1 <= as_type<int>(_e170);
        int n158_where = n158_inside ? n34_load_l : -1;
        bool n161_equal = n34_load_k == n158_where;
        float n155_load = n155_in[k + (_e175 * 3u)];
        float n156_where = n158_inside ? n155_load : 0.0;
        uint _e196 = (j * 3u) + k;
        float n144_load = n144_in[_e196];
        float n164_add = n156_where + n144_load;
        float n165_where = n161_equal ? n164_add : n144_load;
        n167_out[_e196] = n165_where;
    }
}
