// language: metal2.4
#include <metal_stdlib>
#include <simd/simd.h>

using metal::uint;

struct _mslBufferSizes {
    uint size0;
    uint size1;
};

typedef int type_1[1];
typedef uint type_3[1];
struct Uniforms {
    uint size;
};

struct index_iota_astype_add_sub_gather_etcInput {
};
[[max_total_threads_per_threadgroup(256)]] kernel void index_iota_astype_add_sub_gather_etc(
  metal::uint3 id [[thread_position_in_grid]]
, device type_1 const& n597_in [[buffer(0)]]
, device type_3& n682_out [[buffer(1)]]
, constant Uniforms& uniforms [[buffer(2)]]
, constant _mslBufferSizes& _buffer_sizes [[buffer(3)]]
) {
    uint constant_ = 0u;
    int constant_b = 900;
    int constant_c = 899;
    uint index = id.x;
    uint size = uniforms.size;
    if (index >= size) {
        return;
    }
    uint _e10 = constant_;
    uint n604_add = _e10 + 512u;
    int _e14 = constant_b;
    uint n601_uint32_ = as_type<uint>(_e14);
    bool n608_lessEqual = !((n601_uint32_ < n604_add));
    uint n606_sub = n604_add - 1u;
    int _e23 = constant_c;
    uint n607_uint32_ = as_type<uint>(_e23);
    uint n607_minimum = (n607_uint32_ < n606_sub) ? n607_uint32_ : n606_sub;
    int n607_int32_ = as_type<int>(n607_minimum);
    int n597_load = n597_in[as_type<uint>(n607_int32_)];
    int n598_index = as_type<int>(index);
    bool n609_less = n597_load < n598_index;
    bool n610_logicalAnd = n608_lessEqual & n609_less;
    uint n611_where = n610_logicalAnd ? n604_add : 0u;
    uint n613_add = n611_where + 256u;
    bool n616_lessEqual = !((n601_uint32_ < n613_add));
    uint n614_sub = n613_add - 1u;
    uint n615_minimum = (n607_uint32_ < n614_sub) ? n607_uint32_ : n614_sub;
    int n615_int32_ = as_type<int>(n615_minimum);
    int n597_load_b = n597_in[as_type<uint>(n615_int32_)];
    bool n617_less = n597_load_b < n598_index;
    bool n618_logicalAnd = n616_lessEqual & n617_less;
    uint n619_where = n618_logicalAnd ? n613_add : n611_where;
    uint n621_add = n619_where + 128u;
    bool n624_lessEqual = !((n601_uint32_ < n621_add));
    uint n622_sub = n621_add - 1u;
    uint n623_minimum = (n607_uint32_ < n622_sub) ? n607_uint32_ : n622_sub;
    int n623_int32_ = as_type<int>(n623_minimum);
    int n597_load_c = n597_in[as_type<uint>(n623_int32_)];
    bool n625_less = n597_load_c < n598_index;
    bool n626_logicalAnd = n624_lessEqual & n625_less;
    uint n627_where = n626_logicalAnd ? n621_add : n619_where;
    uint n629_add = n627_where + 64u;
    bool n632_lessEqual = !((n601_uint32_ < n629_add));
    uint n630_sub = n629_add - 1u;
    uint n631_minimum = (n607_uint32_ < n630_sub) ? n607_uint32_ : n630_sub;
    int n631_int32_ = as_type<int>(n631_minimum);
    int n597_load_d = n597_in[as_type<uint>(n631_int32_)];
    bool n633_less = n597_load_d < n598_index;
    bool n634_logicalAnd = n632_lessEqual & n633_less;
    uint n635_where = n634_logicalAnd ? n629_add : n627_where;
    uint n637_add = n635_where + 32u;
    bool n640_lessEqual = !((n601_uint32_ < n637_add));
    uint n638_sub = n637_add - 1u;
    uint n639_minimum = (n607_uint32_ < n638_sub) ? n607_uint32_ : n638_sub;
    int n639_int32_ = as_type<int>(n639_minimum);
    int n597_load_e = n597_in[as_type<uint>(n639_int32_)];
    bool n641_less = n597_load_e < n598_index;
    bool n642_logicalAnd = n640_lessEqual & n641_less;
    uint n643_where = n642_logicalAnd ? n637_add : n635_where;
    uint n645_add = n643_where + 16u;
    bool n648_lessEqual = !((n601_uint32_ < n645_add));
    uint n646_sub = n645_add - 1u;
    uint n647_minimum = (n607_uint32_ < n646_sub) ? n607_uint32_ : n646_sub;
    int n647_int32_ = as_type<int>(n647_minimum);
    int n597_load_f = n597_in[as_type<uint>(n647_int32_)];
    bool n649_less = n597_load_f < n598_index;
    bool n650_logicalAnd = n648_lessEqual & n649_less;
    uint n651_where = n650_logicalAnd ? n645_add : n643_where;
    uint n653_add = n651_where + 8u;
    bool n656_lessEqual = !((n601_uint32_ < n653_add));
    uint n654_sub = n653_add - 1u;
    uint n655_minimum = (n607_uint32_ < n654_sub) ? n607_uint32_ : n654_sub;
    int n655_int32_ = as_type<int>(n655_minimum);
    int n597_load_g = n597_in[as_type<uint>(n655_int32_)];
    bool n657_less = n597_load_g < n598_index;
    bool n658_logicalAnd = n656_lessEqual & n657_less;
    uint n659_where = n658_logicalAnd ? n653_add : n651_where;
    uint n661_add = n659_where + 4u;
    bool n664_lessEqual = !((n601_uint32_ < n661_add));
    uint n662_sub = n661_add - 1u;
    uint n663_minimum = (n607_uint32_ < n662_sub) ? n607_uint32_ : n662_sub;
    int n663_int32_ = as_type<int>(n663_minimum);
    int n597_load_h = n597_in[as_type<uint>(n663_int32_)];
    bool n665_less = n597_load_h < n598_index;
    bool n666_logicalAnd = n664_lessEqual & n665_less;
    uint n667_where = n666_logicalAnd ? n661_add : n659_where;
    uint n669_add = n667_where + 2u;
    bool n672_lessEqual = !((n601_uint32_ < n669_add));
    uint n670_sub = n669_add - 1u;
    uint n671_minimum = (n607_uint32_ < n670_sub) ? n607_uint32_ : n670_sub;
    int n671_int32_ = as_type<int>(n671_minimum);
    int n597_load_i = n597_in[as_type<uint>(n671_int32_)];
    bool n673_less = n597_load_i < n598_index;
    bool n674_logicalAnd = n672_lessEqual & n673_less;
    uint n675_where = n674_logicalAnd ? n669_add : n667_where;
    uint n676_add = n675_where + 1u;
    bool n679_lessEqual = !((n601_uint32_ < n676_add));
    uint n677_sub = n676_add - 1u;
    uint n678_minimum = (n607_uint32_ < n677_sub) ? n607_uint32_ : n677_sub;
    int n678_int32_ = as_type<int>(n678_minimum);
    int n597_load_j = n597_in[as_type<uint>(n678_int32_)];
    bool n680_less = n597_load_j < n598_index;
    bool n681_logicalAnd = n679_lessEqual & n680_less;
    uint n682_where = n681_logicalAnd ? n676_add : n675_where;
    n682_out[index] = n682_where;
}
